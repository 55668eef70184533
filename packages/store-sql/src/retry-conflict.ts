// A statement that the server undid because another one was in its way: run it again.
import { setTimeout as sleep } from "node:timers/promises";

const ATTEMPTS = 10;

// PostgreSQL: serialization failure, deadlock. https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
const sqlStates: readonly unknown[] = ["40001", "40P01"];
// MySQL: deadlock. MariaDB: a row has changed since the statement began (innodb_snapshot_isolation).
const errorNumbers: readonly unknown[] = [1213, 1020];

/** Only for single statements outside of a transaction: those are undone as a whole. */
export async function retryConflict<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      // Uneven, so that two who meet don't meet again and again.
      await sleep(Math.random() * 4 * attempt);
    }
  }
}

function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("errno" in error && errorNumbers.includes(error.errno)) return true;
  return "code" in error && sqlStates.includes(error.code);
}
