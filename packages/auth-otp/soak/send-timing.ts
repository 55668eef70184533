// Rows 31 and 32: does the time of asking for a code tell whether an address may log in? Prints the
// mean of both kinds and Welch's t. On a quiet machine:
//   node --conditions=@latchkey/source soak/send-timing.ts [requests of each kind]

import { setImmediate } from "node:timers/promises";
import { memoryStore } from "@latchkey/store-memory";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { emailCodeLogin } from "../src/index.ts";

const count = Number(process.argv[2] ?? 1_000);
let mails = 0;
const login = emailCodeLogin({
  store: memoryStore(),
  mailer: {
    async send() {
      mails += 1;
    },
  },
  accepts: async (address) => address.startsWith("known"),
  limits: { perAddressAndNetwork: Infinity, perAddress: Infinity, perNetwork: Infinity },
});

const kinds = ["unknown", "known"] as const;
const times: Record<(typeof kinds)[number], number[]> = { unknown: [], known: [] };
for (let at = -200; at < count; at++) {
  // In a new order every time, so that nothing that happens now and then hits one kind only.
  for (const kind of kinds.toSorted(() => Math.random() - 0.5)) {
    const user = `${kind}${Math.floor(Math.random() * 1_000)}@example.org`;
    const request = loginRequest("POST", { user });
    const started = performance.now();
    const step = await login.step(request);
    const ms = performance.now() - started;
    if (step.kind !== "show") throw new Error(`${kind} was not answered`);
    if (at >= 0) times[kind].push(ms);
    // What follows the answer is not part of it; another visitor's wait is.
    for (let turn = 0; turn < 20; turn++) await setImmediate();
  }
}

const [unknown, known] = [summary(times.unknown), summary(times.known)];
const t = (known.mean - unknown.mean) / Math.sqrt((known.variance + unknown.variance) / count);
for (const [kind, { mean, variance }] of Object.entries({ unknown, known })) {
  console.log(`${kind}: mean ${mean.toFixed(4)} ms, sd ${Math.sqrt(variance).toFixed(4)} ms`);
}
console.log(`t = ${t.toFixed(2)}, ${mails} mails`);

function summary(values: number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}
