// Deletes expired records a few at a time, so that nobody else waits for long.
import { setImmediate as breathe } from "node:timers/promises";
import { type QueryExecutorProvider, sql } from "kysely";
import type { SqlFamily } from "./sql-family.ts";
import { affectedRows, runOnce, type Statement } from "./statement.ts";

/** Rows per statement of a server: a short lock. */
const SERVER_BATCH = 1_000;
/** SQLite works on the event loop. */
const SQLITE_BATCH = 50;

export interface ExpiredPurge {
  readonly db: QueryExecutorProvider;
  readonly family: SqlFamily;
  readonly deleteExpired: Statement;
  /** Runs one step of it. */
  readonly run: <T>(step: () => Promise<T>) => Promise<T>;
  readonly time: number;
  readonly limit: number;
}

/** @returns How many were removed, `limit` at most. */
export async function purgeExpired(purge: ExpiredPurge): Promise<number> {
  const { db, family, deleteExpired, run, time, limit } = purge;
  const isSqlite = family === "sqlite";
  const maxBatch = isSqlite ? SQLITE_BATCH : SERVER_BATCH;
  let removed = 0;
  while (removed < limit) {
    const batch = Math.min(limit - removed, maxBatch);
    const count = await run(async () => affectedRows(await deleteExpired(time, batch, time)));
    removed += count;
    if (isSqlite && count > 0) {
      await breathe();
      await checkpoint(db).catch(() => {}); // Not every database of this family allows it.
    }
    if (count < batch) break;
    if (isSqlite) await breathe();
  }
  return removed;
}

/**
 * Moves what was deleted from the log into the database. Left to itself, SQLite does so for a thousand
 * pages at once, in the middle of anybody's write. Waits for nobody; without a log it does nothing.
 *
 * @see https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
 */
async function checkpoint(db: QueryExecutorProvider): Promise<void> {
  await runOnce(db, "sqlite", sql`pragma wal_checkpoint(passive)`);
}
