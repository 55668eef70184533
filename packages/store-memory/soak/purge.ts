// A million expired records among a hundred thousand live ones: how long the purge takes, and for
// how long a slice of it keeps everything else waiting. Run it on a quiet machine:
//   node --conditions=@latchkey/source soak/purge.ts [records]

import { setTimeout as sleep } from "node:timers/promises";
import { startPurge } from "@latchkey/session-core";
import { memoryStore } from "../src/index.ts";

const expired = Number(process.argv[2] ?? 1_000_000);
const live = 100_000;
let time = Date.now();
const store = memoryStore({ maxRecords: (expired + live) * 2, now: () => time });
for (let index = 0; index < expired + live; index++) {
  await store.create({
    id: `session:${index.toString(36).padStart(24, "0")}`,
    owner: index % 3 === 0 ? null : `session:user-${index % 5_000}`,
    data: '[1,1,1,1,0,0,0,2,4,{},null,{"color":"green"}]',
    createdAt: time,
    seenAt: time,
    expiresAt: index < expired ? time + 1_000 + (index % 997) : time + 86_400_000,
    version: 1,
  });
}
time += 10_000;

const slices: number[] = [];
const timed = {
  ...store,
  async deleteExpired(limit: number): Promise<number> {
    const began = performance.now();
    const removed = await store.deleteExpired(limit);
    slices.push(performance.now() - began);
    done = removed < limit;
    return removed;
  },
};
let done = false;
let longest = 0; // what anyone else had to wait at most
let last = performance.now();
const ticks = setInterval(() => {
  longest = Math.max(longest, performance.now() - last - 1);
  last = performance.now();
}, 1);
const began = performance.now();
const stop = startPurge(timed);
while (!done) await sleep(5);
const took = performance.now() - began;
clearInterval(ticks);
await stop();

const sorted = slices.toSorted((a, b) => a - b);
const at = (share: number): string =>
  `${(sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2)} ms`;
console.log(`${expired} expired records gone in ${(took / 1_000).toFixed(1)} s`);
console.log(`slice: median ${at(0.5)}, 99 % ${at(0.99)}, longest ${at(1)}`);
console.log(`longest wait of a timer meanwhile: ${longest.toFixed(1)} ms`);
let left = 0;
for (let cursor: string | null = null; ; ) {
  const page = await store.scan("", cursor, 10_000);
  left += page.records.length;
  cursor = page.cursor;
  if (cursor === null) break;
}
console.log(`live records left: ${left} of ${live}`);
if (left !== live) process.exitCode = 1;
