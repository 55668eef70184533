// What a test on a database server begins with: a store in a table of its own, by two pools.
import type { StoredRecord } from "@latchkey/session-core";
import type { StoreSubject } from "@latchkey/testing";
import type { Kysely } from "kysely";
import { sqlStore } from "../src/index.ts";
import { newTable, type Server } from "./servers.ts";

/** Pools that live as long as the test file: new connections cost more than the tests. */
export function twoPools(server: () => Server): {
  get: () => readonly [Kysely<unknown>, Kysely<unknown>];
  close: () => Promise<void>;
} {
  let pools: readonly [Kysely<unknown>, Kysely<unknown>] | null = null;
  return {
    get() {
      const { data, open } = server();
      pools ??= [open(data.url), open(data.url)];
      return pools;
    },
    async close() {
      for (const pool of pools ?? []) await pool.destroy();
    },
  };
}

export async function subjectOn(
  pools: readonly [Kysely<unknown>, Kysely<unknown>],
): Promise<StoreSubject> {
  let time = Date.UTC(2030, 0, 1);
  // The machine is busy: how soon the store gives up is tested elsewhere.
  const options = { table: newTable(), now: () => time, timeout: "20s" } as const;
  const store = sqlStore(pools[0], options);
  await store.migrate();
  return {
    store,
    peer: sqlStore(pools[1], options),
    now: () => time,
    advance: async (ms) => {
      time += ms;
    },
    close: async () => {},
  };
}

export function newRecord(id: string, more: Partial<StoredRecord> = {}): StoredRecord {
  const now = Date.now();
  const times = { createdAt: now, seenAt: now, expiresAt: now + 60_000 };
  return { id, owner: "u1", data: "{}", ...times, version: 1, ...more };
}
