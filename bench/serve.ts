// The child process: one subject on a free port of the loopback interface. Asked by its parent, it
// says how much CPU time it has used since its start, how often its store was called, and, if it is
// run with --expose-gc, how much memory is in use.

import { keyOf } from "./subject.ts";
import { subjects } from "./subjects.ts";

const subject = subjects.find((candidate) => keyOf(candidate) === process.argv[2]);
if (subject === undefined) throw new TypeError(`no such subject: ${process.argv[2]}`);

const calls = new Map<string, number>();
let users = 0;
const port = await subject.start({
  count: (call) => calls.set(call, (calls.get(call) ?? 0) + 1),
  nextUser: () => ({ id: `u${++users}`, name: "Ada Lovelace" }),
  redisUrl: process.argv[3] ?? "",
});
process.send?.({ port });

process.on("message", (question) => {
  const answer = question === "memory" ? memory() : usage();
  process.send?.(answer);
});
process.on("disconnect", () => process.exit());

function usage(): object {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, calls: Object.fromEntries(calls) };
}

function memory(): object {
  for (let count = 0; count < 4; count++) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss };
}
