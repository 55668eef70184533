// Row 31: does the time of a login tell whether its user exists? Prints the mean of each kind and
// Welch's t against wrong passwords of known users. Run it on a quiet machine:
//   node --conditions=@latchkey/source soak/login-timing.ts [logins of each kind]

import { sqlTable } from "@latchkey/table";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { createPasswordHasher, dbLogin } from "../src/index.ts";
import { sqlite } from "../test/sqlite.ts";

const count = Number(process.argv[2] ?? 1_000);
const hasher = createPasswordHasher();
const db = sqlite("create table users (user text primary key, password text, active integer)");
const table = sqlTable(db, "users");
const stored = await hasher.hash("the right password");
for (let at = 0; at < 1_000; at++) {
  await table.insert({ user: `known${at}`, password: stored, active: 1 });
  await table.insert({ user: `disabled${at}`, password: stored, active: 0 });
}
const login = dbLogin({ table, hasher, isActive: (row) => row["active"] === 1 });

const kinds = ["known", "unknown", "disabled"] as const;
const times: Record<(typeof kinds)[number], number[]> = { known: [], unknown: [], disabled: [] };
for (let at = -50; at < count; at++) {
  // In a new order every time, so that nothing that happens now and then hits one kind only.
  for (const kind of kinds.toSorted(() => Math.random() - 0.5)) {
    const user = `${kind}${Math.floor(Math.random() * 1_000)}`;
    const request = loginRequest("POST", { user, password: "a wrong password" });
    const started = performance.now();
    const step = await login.step(request);
    const ms = performance.now() - started;
    if (step.kind !== "rejected") throw new Error(`${kind} was not rejected`);
    if (at >= 0) times[kind].push(ms);
  }
}

const known = summary(times.known);
for (const kind of kinds) {
  const { mean, variance } = summary(times[kind]);
  const t = (mean - known.mean) / Math.sqrt((variance + known.variance) / count);
  const against = kind === "known" ? "" : `, t = ${t.toFixed(2)}`;
  console.log(
    `${kind}: mean ${mean.toFixed(3)} ms, sd ${Math.sqrt(variance).toFixed(3)} ms${against}`,
  );
}

function summary(values: number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}
