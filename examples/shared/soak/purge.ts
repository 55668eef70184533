// Expired records among a tenth as many live ones, in a store that works on the event loop: how long
// the purge takes, and for how long a slice of it keeps everything else waiting. On a quiet machine:
//   npm run x -- node --conditions=@latchkey/source examples/shared/soak/purge.ts memory|sqlite|file [records]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Store, startPurge } from "@latchkey/session-core";
import { openFileStore } from "@latchkey/store-file";
import { memoryStore } from "@latchkey/store-memory";
import { sqlStore } from "@latchkey/store-sql";
import { nodeSqliteDialect } from "@latchkey/store-sql/node-sqlite";
import { Kysely, sql } from "kysely";

const DAY_MS = 86_400_000;
const [kind = "memory", count = "1000000"] = process.argv.slice(2);
const expired = Number(count);
const live = Math.ceil(expired / 10);
let time = Date.now();
const now = (): number => time;
const folder = await mkdtemp(join(tmpdir(), "latchkey-purge-"));

interface Purged {
  store: Store;
  /** Fills it by this, sooner than an answered write at a time would. */
  fill(write: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const kinds: Record<string, () => Promise<Purged>> = {
  async memory() {
    const store = memoryStore({ maxRecords: 2 * (expired + live), now });
    return { store, fill: (write) => write(), close: async () => {} };
  },
  async sqlite() {
    const path = join(folder, "sessions.db");
    const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(path) });
    return {
      store: sqlStore(db, { now }),
      async fill(write) {
        await sql`pragma synchronous = off`.execute(db);
        await write();
        await sql`pragma synchronous = full`.execute(db);
        await sql`pragma wal_checkpoint(truncate)`.execute(db);
      },
      close: () => db.destroy(),
    };
  },
  async file() {
    const path = join(folder, "sessions.json");
    const options = { maxRecords: 2 * (expired + live), now };
    const store = await openFileStore(path, { ...options, flush: "5s" });
    return {
      store,
      async fill(write) {
        await write();
        await store.flush();
      },
      close: () => store.close(),
    };
  },
};

/** Every eleventh lives on, in the order of time: as sessions of all ages lie among each other. */
async function write(store: Store): Promise<void> {
  for (let index = 0; index < expired + live; index++) {
    const owner = index % 3 === 0 ? null : `session:user-${index % 5_000}`;
    await store.create({
      id: `session:${index.toString(36).padStart(24, "0")}`,
      owner,
      data: '[1,1,1,1,0,0,0,2,4,{},null,{"color":"green"}]',
      createdAt: time,
      seenAt: time,
      expiresAt: index % 11 === 0 ? time + DAY_MS : time + 1_000 + (index % 997),
      version: 1,
    });
  }
}

async function countLive(store: Store): Promise<number> {
  let left = 0;
  let cursor: string | null = null;
  do {
    const page = await store.scan("", cursor, 10_000);
    left += page.records.length;
    cursor = page.cursor;
  } while (cursor !== null);
  return left;
}

const { store, fill, close } = await (kinds[kind]?.() ?? Promise.reject(new TypeError(kind)));
await fill(() => write(store));
time += 10_000;
await sleep(1_000);

let done = false;
const watched: Store = {
  ...store,
  async deleteExpired(limit) {
    const removed = await store.deleteExpired(limit);
    done = removed < limit;
    return removed;
  },
};
// A timer that is always due: how late it is, everything else is.
const slices: number[] = [];
let last = performance.now();
const tick = (): void => {
  slices.push(performance.now() - last);
  last = performance.now();
  if (!done) setImmediate(tick);
};
const began = performance.now();
const stop = startPurge(watched);
tick();
while (!done) await sleep(5);
const took = performance.now() - began;
await stop();

slices.sort((a, b) => a - b);
const at = (share: number): string =>
  `${(slices[Math.floor((slices.length - 1) * share)] ?? 0).toFixed(2)} ms`;
console.log(`${kind}: ${expired} expired records gone in ${(took / 1_000).toFixed(1)} s`);
const over = slices.filter((slice) => slice > 10).length;
console.log(`hold of the event loop: median ${at(0.5)}, 99 % ${at(0.99)}, longest ${at(1)}`);
console.log(`over 10 ms: ${over} of ${slices.length}`);
const left = await countLive(store);
console.log(`live records left: ${left} of ${live}`);
if (left !== live) process.exitCode = 1;
await close();
await rm(folder, { recursive: true });
