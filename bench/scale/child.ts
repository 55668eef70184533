// The child process: fills one store step by step, and at each step says what a read costs.
// Arguments: the store's name, its server's url, the steps.

import { createHash } from "node:crypto";
import type { Store, StoredRecord } from "@latchkey/session-core";
import { summarize } from "../statistics.ts";
import type { ReadCost } from "./scale.ts";
import { openStore, storeNames } from "./stores.ts";

const FILL = 5_000;
const WARM_UP_MS = 1_000;
const BLOCKS = 30;
const BLOCK_MS = 50;
const MAX_READS = 10_000;

const [, , wanted, url = "", ...steps] = process.argv;
const name = storeNames.find((candidate) => candidate === wanted);
if (name === undefined) throw new TypeError(`no such store: ${wanted}`);

const { store, fill, close } = await openStore(name, url);
let size = 0;
for (const step of steps.map(Number)) {
  for (; size < step; size += FILL) {
    const count = Math.min(FILL, step - size);
    await fill(Array.from({ length: count }, (_, offset) => recordOf(size + offset)));
  }
  size = step;
  globalThis.gc?.();
  process.send?.({ sessions: step, ...(await readCost(store, step)) });
}
await close();
process.disconnect();

async function readCost(from: Store, sessions: number): Promise<Omit<ReadCost, "sessions">> {
  let { elapsedUs } = await readBlock(from, sessions, 200);
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) {
    ({ elapsedUs } = await readBlock(from, sessions, 200));
  }
  const blocks = [];
  for (let number = 0; number < BLOCKS; number++) {
    const reads = Math.min(MAX_READS, Math.max(20, Math.round((BLOCK_MS * 1000) / elapsedUs)));
    const block = await readBlock(from, sessions, reads);
    elapsedUs = block.elapsedUs;
    blocks.push(block);
  }
  return {
    cpuUs: summarize(blocks.map((block) => block.cpuUs)).median,
    elapsedUs: summarize(blocks.map((block) => block.elapsedUs)).median,
  };
}

/** Random records, one after the other. Their ids are made beforehand. */
async function readBlock(from: Store, sessions: number, reads: number) {
  const ids = Array.from({ length: reads }, () => idOf(Math.floor(Math.random() * sessions)));
  const before = process.cpuUsage();
  const start = performance.now();
  for (const id of ids) {
    if ((await from.get(id)) === null) throw new Error(`${id} is not there`);
  }
  const elapsedUs = ((performance.now() - start) * 1000) / reads;
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: (user + system) / reads, elapsedUs };
}

/** As a session of the benchmark is stored. */
function recordOf(number: number): StoredRecord {
  const now = Date.now();
  const origin = JSON.stringify({ agent: "Mozilla/5.0 (X11; Linux x86_64)", ip: "127.0.0.1" });
  const user = JSON.stringify({ id: `u${number}`, name: "Ada Lovelace" });
  const numbers = `1,1,${now},2592000000,0,0,0,${origin.length},${user.length}`;
  return {
    id: idOf(number),
    owner: `session:u${number}`,
    data: `[${numbers},${origin},${user},{"color":"green"}]`,
    createdAt: now,
    seenAt: now,
    expiresAt: now + 30 * 24 * 3_600_000,
    version: 1,
  };
}

/** As random as a real one. */
function idOf(number: number): string {
  return `session:${createHash("md5").update(String(number)).digest("base64url")}`;
}
