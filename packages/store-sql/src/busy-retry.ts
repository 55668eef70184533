// Another connection is writing to the SQLite file: try again, and let this process do other work.
import { setTimeout as sleep } from "node:timers/promises";

/** Runs `work` until it is not refused with SQLITE_BUSY, or the time is up. */
export type BusyRetry = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * SQLite tells nobody when its lock is free, and one who writes all the time leaves it free for
 * microseconds: look without a break for a moment, which holds up the event loop, then let it go on.
 */
const LOOK_MS = 2;
const PAUSE_MS = 8;
/** As long as somebody gets the lock, a call waits for its turn: this many times as long. */
const PATIENCE = 10;
/** A pause that took this much longer: it was this process that was held up, not the lock. */
const HELD_UP_MS = 100;

/**
 * Everything is tried at once, since readers need no lock. Of what was refused only the first in the
 * queue looks for the lock, so that a thousand cost no more than one.
 *
 * Only for work that holds no lock while it is refused.
 *
 * @param waitMs Given up after this long in which nobody has got the lock.
 * @param dataVersion Differs once another connection has written (`pragma data_version`).
 */
export function busyRetry(
  waitMs: number,
  dataVersion: () => Promise<unknown> = async () => null,
): BusyRetry {
  let queue: Promise<unknown> = Promise.resolve();
  let progressAt = 0;
  let version: unknown = null;
  let heldUpMs = 0;
  const clock = (): number => performance.now() - heldUpMs;

  async function lookForProgress(): Promise<void> {
    const now = await dataVersion();
    if (now === version) return;
    version = now;
    progressAt = clock();
  }

  async function tryAgain<T>(work: () => Promise<T>, isOver: () => boolean): Promise<T> {
    for (;;) {
      await lookForProgress().catch(() => {});
      const isLast = isOver();
      const until = performance.now() + (isLast ? 0 : LOOK_MS);
      do {
        try {
          const answer = await work();
          progressAt = clock();
          return answer;
        } catch (error) {
          if (!isBusy(error) || isLast) throw error;
        }
      } while (performance.now() < until);
      const pausedAt = performance.now();
      await sleep(PAUSE_MS);
      const lateMs = performance.now() - pausedAt - PAUSE_MS;
      if (lateMs > HELD_UP_MS) heldUpMs += lateMs;
    }
  }

  return async (work) => {
    const begunAt = clock();
    const isOver = (): boolean => {
      const now = clock();
      return now >= Math.max(begunAt, progressAt) + waitMs || now >= begunAt + PATIENCE * waitMs;
    };
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || isOver()) throw error;
      const answer = queue.then(() => tryAgain(work, isOver));
      queue = answer.catch(() => {});
      return answer;
    }
  };
}

/** SQLITE_BUSY is 5, in the lowest byte of extended codes. https://www.sqlite.org/rescode.html */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("errcode" in error) return (Number(error.errcode) & 0xff) === 5; // node:sqlite
  return "code" in error && /^SQLITE_BUSY(_|$)/.test(String(error.code)); // others
}
