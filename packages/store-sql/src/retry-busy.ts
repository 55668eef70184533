// Another process is writing to the SQLite file: try again, and let this one do other work.
import { setTimeout as sleep } from "node:timers/promises";

const GIVE_UP_MS = 5_000;

/**
 * Runs `work` until it is not refused with SQLITE_BUSY, for five seconds at most. Only for work
 * that holds no lock while it is refused.
 */
export async function retryBusy<T>(work: () => Promise<T>): Promise<T> {
  let end = 0;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      end ||= Date.now() + GIVE_UP_MS;
      if (Date.now() >= end) throw error;
      // Uneven, so that two who wait don't meet again and again.
      await sleep(1 + Math.random() * 9);
    }
  }
}

/** SQLITE_BUSY is 5, in the lowest byte of extended codes. https://www.sqlite.org/rescode.html */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5;
}
