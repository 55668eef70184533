// How the app fares under 1,000 login attempts a second: the time of another route, what those who
// were refused are told, and the memory. Run it on a quiet machine:
//   node --conditions=@latchkey/source examples/express/soak/login-flood.ts [seconds] [attempts a second]

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { appProcess } from "@latchkey/testing";

const seconds = Number(process.argv[2] ?? 10);
const perSecond = Number(process.argv[3] ?? 1_000);
const server = fileURLToPath(new URL("../src/server.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "latchkey-flood-"));
const start = appProcess(process.execPath, ["--conditions=@latchkey/source", server], {
  cwd: folder,
});
const app = await start({
  PORT: "0",
  STORE: "memory:",
  USERS: `sqlite:${join(folder, "users.db")}`,
  SESSION_KEYS: "soak-only-0123456789-abcdefghijklm",
  SEED_USERS: "alpha:correct horse battery:admin",
  TRUST_PROXY: "127.0.0.1,::1", // so that attempts can come from many networks
});
const { hostname, port } = new URL(app.url);
const agent = new Agent({ keepAlive: true, maxSockets: 200 });
const own = new Agent({ keepAlive: true, maxSockets: 1 });
const answers = new Map<string, number>();

await sleep(1_000);
const before = rssMb();
const quiet = await timesOf(2_000);
const until = performance.now() + seconds * 1_000;
const flooding = flood(until);
const busy = await timesOf(seconds * 1_000);
const most = rssMb();
await flooding;
await sleep(8_000); // for those whose answer is held, and the last hash
console.log(`other route, quiet: ${summary(quiet)}`);
console.log(`other route, under ${perSecond} attempts a second: ${summary(busy)}`);
for (const [answer, count] of [...answers].toSorted()) console.log(`${answer}: ${count}`);
console.log(`memory: ${before} MB before, ${most} MB at the end of the flood, ${rssMb()} MB after`);
console.log(`exit code ${await app.stop()}`);
agent.destroy();
own.destroy();
rmSync(folder, { recursive: true, force: true });

async function flood(end: number): Promise<void> {
  const begin = performance.now();
  let sent = 0;
  while (performance.now() < end) {
    const due = ((performance.now() - begin) / 1_000) * perSecond;
    for (; sent < due; sent++) attempt(sent);
    await sleep(5);
  }
}

function attempt(number: number): void {
  const body = JSON.stringify({ user: number % 2 ? "alpha" : `user-${number}`, password: "wrong" });
  const ip = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  const headers = {
    "content-type": "application/json",
    "content-length": String(body.length),
    accept: "application/json",
    "x-forwarded-for": ip,
  };
  const sent = request({ hostname, port, method: "POST", path: "/login", headers, agent });
  sent.on("response", (response) => {
    const after = response.headers["retry-after"];
    count(`${response.statusCode}${after === undefined ? "" : `, Retry-After ${after}`}`);
    response.resume();
  });
  sent.on("error", (error) => count(`error ${error.message}`));
  sent.end(body);
}

function count(answer: string): void {
  answers.set(answer, (answers.get(answer) ?? 0) + 1);
}

/** How long a route that has a session takes, asked again and again, in milliseconds. */
async function timesOf(ms: number): Promise<number[]> {
  const end = performance.now() + ms;
  const times: number[] = [];
  while (performance.now() < end) {
    const from = performance.now();
    await get("/api/session");
    times.push(performance.now() - from);
    await sleep(10);
  }
  return times;
}

function get(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, agent: own }, (response) => {
      response.resume().on("end", resolve);
    });
    sent.on("error", reject).end();
  });
}

function summary(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(0.9999)} ms (${times.length} requests)`;
}

function rssMb(): number {
  return Math.round(Number(execFileSync("ps", ["-o", "rss=", "-p", String(app.pid)])) / 1_024);
}
