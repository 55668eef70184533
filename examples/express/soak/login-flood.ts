// How the app fares under 1,000 login attempts a second: the time of other routes, what those who
// were refused are told, and the memory, in several floods one after the other. Run it on a quiet
// machine; it fails when a promise is broken:
//   node --conditions=@latchkey/source examples/express/soak/login-flood.ts [seconds] [attempts a second] [floods]

import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { appProcess } from "@latchkey/testing";

const seconds = Number(process.argv[2] ?? 10);
const perSecond = Number(process.argv[3] ?? 1_000);
const floods = Number(process.argv[4] ?? 3);
const MOST_MS = 50;
/** From the first flood to the last, all garbage collected: what is in use, and what the process holds. */
const MOST_GROWTH_MB = { heap: 10, resident: 64 };

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "latchkey-flood-"));
// So that what is garbage can be told from what is kept.
const collect =
  "process.on('SIGUSR2',()=>{gc();console.log('heap',process.memoryUsage().heapUsed)})";
const args = ["--expose-gc", "--import", `data:text/javascript,${collect}`];
const start = appProcess(
  process.execPath,
  ["--conditions=@latchkey/source", ...args, fileOf("../src/server.ts")],
  { cwd: folder },
);
const app = await start({
  PORT: "0",
  STORE: "memory:",
  USERS: `sqlite:${join(folder, "users.db")}`,
  SESSION_KEYS: "soak-only-0123456789-abcdefghijklm",
  SEED_USERS: "alpha:correct horse battery:admin",
  TRUST_PROXY: "127.0.0.1,::1", // so that attempts can come from many networks
});
const { hostname, port } = new URL(app.url);
const own = new Agent({ keepAlive: true, maxSockets: 1 });
const broken: string[] = [];

console.log(`${availableParallelism()} cores; ${perSecond} attempts a second for ${seconds} s`);
await timesOf(2_000); // The compiler settles.
console.log(`other routes, quiet: ${summary(await timesOf(3_000))}`);
const kept: { heap: number; resident: number }[] = [];
const heapBefore = await heapMb();
console.log(`memory before: ${rssMb()} MB, of which ${heapBefore} MB are in use on the heap`);
for (let number = 1; number <= floods; number++) await flood(number);
for (const what of ["heap", "resident"] as const) {
  const growth = (kept.at(-1)?.[what] ?? 0) - (kept[0]?.[what] ?? 0);
  console.log(`${what} memory from the first flood to the last: ${growth} MB more`);
  check(growth <= MOST_GROWTH_MB[what], `${what} memory grew by ${growth} MB`);
}
console.log(`exit code ${await app.stop()}`);
own.destroy();
rmSync(folder, { recursive: true, force: true });
for (const promise of broken) console.log(`BROKEN: ${promise}`);
process.exitCode = broken.length > 0 ? 1 : 0;

async function flood(number: number): Promise<void> {
  // Last in the queue for a core: in earnest those who send are on machines of their own.
  const sender = ["-n", "19", process.execPath, fileOf("./login-flood-sender.ts")];
  const numbers = [port, seconds, perSecond, (number - 1) * seconds * perSecond].map(String);
  const sending = promisify(execFile)("nice", [...sender, ...numbers]);
  const cpuBefore = mainThreadMs();
  const busy = await timesOf(seconds * 1_000);
  const cpu = mainThreadMs() - cpuBefore;
  const most = rssMb();
  const { answers, took, sent, unanswered, sockets } = JSON.parse((await sending).stdout);
  const rate = Math.round(sent / took);
  console.log(`flood ${number}: ${rate} attempts a second, ${sockets} connections`);
  console.log(`  other routes: ${summary(busy)}`);
  console.log(`  the main thread computed for ${Math.round(cpu)} of ${seconds * 1_000} ms`);
  for (const [answer, count] of Object.entries(answers).toSorted())
    console.log(`  ${answer}: ${count}`);
  const resident = rssMb();
  const heap = await heapMb();
  kept.push({ heap, resident: rssMb() });
  console.log(`  memory: ${most} MB at its end, ${resident} MB once all are answered`);
  console.log(
    `  after a garbage collection: ${rssMb()} MB, of which ${heap} MB are in use on the heap`,
  );
  check(rate >= perSecond * 0.95, `flood ${number}: only ${rate} attempts a second could be sent`);
  check(at(busy, 0.99) < MOST_MS, `flood ${number}: p99 of other routes is ${at(busy, 0.99)} ms`);
  check(unanswered === 0, `flood ${number}: ${unanswered} attempts have no answer`);
  const odd = Object.keys(answers).filter((answer) => !/^(401|429, R.*|503, R.*)$/.test(answer));
  check(odd.length === 0, `flood ${number}: answers ${odd.join(" and ")}`);
}

/** How long routes that have a session take, asked again and again, in milliseconds. */
async function timesOf(ms: number): Promise<number[]> {
  const end = performance.now() + ms;
  const times: number[] = [];
  while (performance.now() < end) {
    const from = performance.now();
    await get(times.length % 2 === 0 ? "/api/session" : "/");
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

function at(times: number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;
}

function summary(times: number[]): string {
  const [median, p99, most] = [0.5, 0.99, 0.9999].map((share) => at(times, share).toFixed(1));
  return `median ${median} ms, p99 ${p99} ms, longest ${most} ms (${times.length} requests)`;
}

/** What is in use once all garbage is collected. */
async function heapMb(): Promise<number> {
  const before = app.output().length;
  process.kill(app.pid ?? 0, "SIGUSR2");
  for (let waited = 0; waited < 10_000; waited += 20) {
    const [, bytes] = /^heap (\d+)$/m.exec(app.output().slice(before)) ?? [];
    if (bytes !== undefined) return Math.round(Number(bytes) / 1_048_576);
    await sleep(20);
  }
  throw new Error("the app does not say what it has in use");
}

/** What the app's main thread has computed so far; 0 where the system doesn't say. */
function mainThreadMs(): number {
  const stat = `/proc/${app.pid}/task/${app.pid}/stat`;
  if (!existsSync(stat)) return 0;
  const [, , , , , , , , , , , user, system] =
    readFileSync(stat, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(user) + Number(system)) * 10; // Linux counts in hundredths of a second.
}

function rssMb(): number {
  return Math.round(Number(execFileSync("ps", ["-o", "rss=", "-p", String(app.pid)])) / 1_024);
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) broken.push(otherwise);
}
