// Where a subject's time goes in one scenario: V8's own sampling, added up by function.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
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
}

const VISITORS = 16;
const REQUESTS = 60_000;
const ROWS = 25;

/** Markdown: the functions in which most of the time is spent themselves, with their shares. */
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
    const process = await startSubject(subject, redis?.url ?? "", options);
    let left = REQUESTS;
    const lane = async (): Promise<void> => {
      const visitor = await Visitor.enter(process.port, subject.keeps !== "nothing");
      while (left-- > 0) await visitor.visit(scenario);
      visitor.leave();
    };
    await Promise.all(Array.from({ length: VISITORS }, lane));
    await process.stop();
    return tableOf(readProfile(folder));
  } finally {
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readProfile(folder: string): CpuProfile {
  const [file = ""] = readdirSync(folder);
  const { nodes, samples } = JSON.parse(readFileSync(join(folder, file), "utf8"));
  return { nodes, samples };
}

function tableOf({ nodes, samples }: CpuProfile): string {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const counts = new Map<string, number>();
  let busy = 0;
  for (const id of samples) {
    const name = names.get(id) ?? "?";
    if (name === "(idle)" || name === "(root)") continue;
    busy += 1;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const rows = [...counts].sort((a, b) => b[1] - a[1]).slice(0, ROWS);
  const lines = rows.map(([name, count]) => `| ${((count / busy) * 100).toFixed(1)} % | ${name} |`);
  return ["| of the time | in |", "|---|---|", ...lines].join("\n");
}

function nameOf({ functionName, url, lineNumber }: ProfileNode["callFrame"]): string {
  if (url === "") return functionName;
  return `${functionName || "(anonymous)"} ${basename(url)}:${lineNumber + 1}`;
}
