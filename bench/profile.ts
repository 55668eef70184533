// Where a subject's time goes in one scenario: V8's own sampling, added up by function.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pin } from "./pin.ts";
import { startRedisWatch } from "./redis-watch.ts";
import { keyOf } from "./subject.ts";
import { startSubject } from "./subject-process.ts";
import { subjects } from "./subjects.ts";
import { scenarios, Visitor } from "./visitor.ts";

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
}

interface CpuProfile {
  nodes: ProfileNode[];
  samples: number[];
  /** Microseconds since the sample before. */
  timeDeltas: number[];
}

const VISITORS = 16;
const REQUESTS = 60_000;
const ROWS = 25;

/** Markdown: the functions that most of the time is spent in themselves, start-up included. */
export async function profile(
  key: string,
  wanted: string,
  say: (line: string) => void,
): Promise<string> {
  const subject = subjects.find((one) => keyOf(one) === key);
  const scenario = scenarios.find((candidate) => candidate === wanted);
  if (subject === undefined) throw new TypeError(`no such subject: ${key}`);
  if (scenario === undefined) throw new TypeError(`no such scenario: ${wanted}`);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  const redis = subject.keeps === "redis" ? await startRedisWatch(say) : null;
  try {
    const options = ["--cpu-prof", `--cpu-prof-dir=${folder}`];
    const child = await startSubject(subject, redis?.url ?? "", options);
    pin(process.pid, 0);
    pin(child.pid, 1);
    let left = REQUESTS;
    const lane = async (): Promise<void> => {
      const visitor = await Visitor.enter(child.port, subject.keeps !== "nothing");
      while (left-- > 0) await visitor.visit(scenario);
      visitor.leave();
    };
    await Promise.all(Array.from({ length: VISITORS }, lane));
    await child.stop();
    return tableOf(readProfile(folder));
  } finally {
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readProfile(folder: string): CpuProfile {
  const [file = ""] = readdirSync(folder);
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), "utf8"));
  return { nodes, samples, timeDeltas };
}

function tableOf({ nodes, samples, timeDeltas }: CpuProfile): string {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "?";
    if (name === "(idle)" || name === "(root)") continue;
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  }
  const rows = [...times].sort((a, b) => b[1] - a[1]).slice(0, ROWS);
  const lines = rows.map(([name, us]) => `| ${(us / REQUESTS).toFixed(2)} | ${name} |`);
  return ["| µs per request | in |", "|---|---|", ...lines].join("\n");
}

function nameOf({ functionName, url, lineNumber }: ProfileNode["callFrame"]): string {
  if (url === "") return functionName;
  return `${functionName || "(anonymous)"} ${basename(url)}:${lineNumber + 1}`;
}
