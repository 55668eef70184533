// Two pools that write the same few records all the time: none of it may fail.
import type { Kysely } from "kysely";
import { sqlStore } from "../src/index.ts";
import { newRecord } from "./server-store.ts";
import { newTable } from "./servers.ts";

export async function manyWriters(pools: readonly Kysely<unknown>[]): Promise<void> {
  const table = newTable();
  const stores = pools.map((pool) => sqlStore(pool, { timeout: "20s", table }));
  const work = stores.flatMap((store) =>
    Array.from({ length: 150 }, async (_, index) => {
      const id = `session:${index % 7}`;
      const owner = `u${index % 2}`;
      await store.create(newRecord(id, { owner, expiresAt: Date.now() + (index % 3) * 10 }));
      await store.deleteByOwner(owner, `session:${index % 5}`);
      await store.touch(id, Date.now(), Date.now() + 20);
      await store.deleteExpired(10);
    }),
  );
  await Promise.all(work);
  for (const pool of pools) await pool.destroy();
}
