// Measures what sessions cost an Express application, beside other libraries. See README.md.
// Options: --quick (under a minute, rough), --only=<text> (subjects whose names hold it; and bare).

import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { installPeers } from "./install-peers.ts";
import { measure, type Plan } from "./measure.ts";
import { bars, tables } from "./report.ts";
import { subjects } from "./subject.ts";

const full: Plan = {
  starts: 3,
  warmUpRounds: 4,
  warmUpBlockMs: 200,
  rounds: 8,
  blockMs: 60,
  limitMs: 260_000,
};
const quick: Plan = {
  starts: 1,
  warmUpRounds: 2,
  warmUpBlockMs: 150,
  rounds: 6,
  blockMs: 40,
  limitMs: 40_000,
};

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string", default: "" } },
});

const chosen = subjects.filter(({ name }) => name === "bare" || name.includes(values.only));
const peers = chosen.some(({ peer }) => peer) ? installPeers(say) : {};
const samples = await measure(chosen, values.quick ? quick : full, say);
const rounds = samples.read.get("bare")?.length ?? 0;
const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);

console.log(tables(samples));
console.log(`\nMedian (first to third quartile) of ${rounds} rounds; ${conditions()}.\n`);
for (const line of bars(samples)) console.log(line);

function conditions(): string {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `Node ${process.version}, ${cpus().length} cores, ${date}`;
  return [machine, ...versions].join(", ");
}

/** Progress, kept apart from the result. */
function say(line: string): void {
  console.error(`[bench] ${line}`);
}
