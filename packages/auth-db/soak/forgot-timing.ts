// Rows 31 and 32: does the time of "forgot your password?" or of a sign-up tell whether there is an
// account? Prints the mean of each kind and Welch's t against unknown ones. On a quiet machine:
//   node --conditions=@latchkey/source soak/forgot-timing.ts [requests of each kind]

import { setImmediate } from "node:timers/promises";
import { memoryStore } from "@latchkey/store-memory";
import { sqlTable } from "@latchkey/table";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { createPasswordHasher, dbLogin } from "../src/index.ts";
import { sqlite } from "../test/sqlite.ts";

const count = Number(process.argv[2] ?? 1_000);
const db = sqlite(
  "create table users (user text primary key, password text, email text unique, active integer)",
);
const table = sqlTable(db, "users");
const password = await createPasswordHasher().hash("the right password");
for (let at = 0; at < 1_000; at++) {
  const email = (kind: string): string => `${kind}${at}@example.org`;
  await table.insert({ user: `known${at}`, password, email: email("known"), active: 1 });
  await table.insert({ user: `disabled${at}`, password, email: email("disabled"), active: 0 });
}
let mails = 0;
const login = dbLogin({
  table,
  isActive: (row) => row["active"] === 1,
  store: memoryStore(),
  url: "https://app.example/login",
  mailer: {
    async send() {
      mails += 1;
    },
  },
  limits: { perAddressAndNetwork: Infinity, perAddress: Infinity, perNetwork: Infinity },
  forgot: true,
  signup: true,
});

const kinds = ["unknown", "known", "disabled"] as const;
for (const page of ["forgot", "signup"]) {
  const times: Record<(typeof kinds)[number], number[]> = { unknown: [], known: [], disabled: [] };
  for (let at = -200; at < count; at++) {
    // In a new order every time, so that nothing that happens now and then hits one kind only.
    for (const kind of kinds.toSorted(() => Math.random() - 0.5)) {
      const user = `${kind}${Math.floor(Math.random() * 1_000)}`;
      const request = {
        ...loginRequest("POST", { user, email: `${user}@example.org` }),
        url: new URL(`https://app.example/login?${page}=`),
      };
      const started = performance.now();
      const step = await login.step(request);
      const ms = performance.now() - started;
      if (step.kind !== "show") throw new Error(`${page} of ${kind} was not answered`);
      if (at >= 0) times[kind].push(ms);
      // What follows the answer is not part of it; another visitor's wait is.
      for (let turn = 0; turn < 20; turn++) await setImmediate();
    }
  }
  console.log(page);
  for (const kind of kinds) report(kind, times[kind], times.unknown);
}
console.log(`${mails} mails`);

function report(kind: string, values: number[], others: number[]): void {
  const [own, other] = [summary(values), summary(others)];
  const t = (own.mean - other.mean) / Math.sqrt((own.variance + other.variance) / count);
  const against = kind === "unknown" ? "" : `, t = ${t.toFixed(2)}`;
  const deviation = Math.sqrt(own.variance).toFixed(4);
  console.log(`  ${kind}: mean ${own.mean.toFixed(4)} ms, sd ${deviation} ms${against}`);
}

function summary(values: number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}
