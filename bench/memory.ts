// What a stored session weighs: real logins over HTTP, and what the process has grown by after a
// garbage collection.

import type { Bar } from "./bars.ts";
import { Connection } from "./connection.ts";
import { type Memory, startSubject } from "./subject-process.ts";
import { subjects } from "./subjects.ts";
import { loginRequest } from "./visitor.ts";

/** Bytes per stored session. */
export interface Weight {
  name: string;
  heap: number;
  rss: number;
}

const CONNECTIONS = 16;
/** First, so that code and compiler are not counted. */
const WARM_UP = 5_000;

const OURS = "latchkey-memory";
const PEER = "express-session";

export async function weigh(sessions: number, say: (line: string) => void): Promise<Weight[]> {
  const weights: Weight[] = [];
  for (const name of [PEER, OURS]) {
    say(`memory: ${sessions} sessions in ${name}`);
    weights.push(await weighOne(name, sessions));
  }
  return weights;
}

async function weighOne(name: string, sessions: number): Promise<Weight> {
  const subject = subjects.find((one) => one.family === "express" && one.name === name);
  if (subject === undefined) throw new TypeError(`no such subject: ${name}`);
  const process = await startSubject(subject, "");
  try {
    await logIn(process.port, WARM_UP);
    const before = await process.memory();
    await logIn(process.port, sessions);
    const after = await process.memory();
    const per = (key: keyof Memory): number => (after[key] - before[key]) / sessions;
    return { name, heap: per("heapBytes"), rss: per("rssBytes") };
  } finally {
    await process.stop();
  }
}

async function logIn(port: number, times: number): Promise<void> {
  let left = times;
  const lane = async (): Promise<void> => {
    const connection = await Connection.open(port);
    while (left-- > 0) {
      const { status } = await connection.exchange(loginRequest);
      if (status !== 200) throw new Error(`login: unexpected answer ${status}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
}

/** Markdown. */
export function weightsTable(weights: readonly Weight[]): string {
  const rows = weights.map(({ name, heap, rss }) => `| ${name} | ${bytes(heap)} | ${bytes(rss)} |`);
  return ["| bytes per stored session | heap | process |", "|---|---|---|", ...rows].join("\n");
}

export function weightBar(weights: readonly Weight[]): Bar {
  const heapOf = (name: string): number =>
    weights.find((weight) => weight.name === name)?.heap ?? Number.NaN;
  const share = heapOf(OURS) / heapOf(PEER);
  return {
    text: "a session in store-memory weighs at most half of one in express-session's MemoryStore",
    held: share <= 0.5,
    measured: `${share.toFixed(2)} (${bytes(heapOf(OURS))} to ${bytes(heapOf(PEER))} bytes)`,
  };
}

function bytes(value: number): string {
  return Math.round(value).toLocaleString("en");
}
