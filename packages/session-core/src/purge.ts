// Removes expired records now and then, a bounded batch at a time.

import { setImmediate as breathe } from "node:timers/promises";
import { type Duration, durationMs } from "./duration.ts";
import type { Store } from "./store.ts";

export interface PurgeOptions {
  /** Default `'1h'`. */
  every?: Duration;
  /** A failing store is tried again next time; this is where to hear of it. Default: stderr. */
  onError?: (error: unknown) => void;
}

// In memory and SQLite, a millisecond or two of the event loop, with room for a collection of garbage;
// in other SQL, a short lock.
const BATCH = 200;
// setInterval takes 31 bits; with more it fires every millisecond.
const MAX_EVERY_MS = 2 ** 31 - 1;

/**
 * Purges a store at once and then at every interval; other work runs between two batches. Doesn't
 * keep the process alive.
 *
 * @throws {TypeError} When `every` is not a length of time, or more than 24 days.
 * @returns A function that stops it, and waits for the batch under way.
 */
export function startPurge(store: Store, options: PurgeOptions = {}): () => Promise<void> {
  const { every = "1h", onError = (error) => console.error("purge failed:", error) } = options;
  const everyMs = durationMs(every, "every");
  if (everyMs > MAX_EVERY_MS) throw new TypeError("every must be 24 days at most");
  let stopped = false;
  let running: Promise<void> | null = null;

  async function purge(): Promise<void> {
    try {
      while (!stopped && (await store.deleteExpired(BATCH)) >= BATCH) await breathe();
    } catch (error) {
      report(error);
    }
  }

  /** Nobody waits for a purge: what the application's own function fails with would end the process. */
  function report(error: unknown): void {
    const say = (own: unknown): void => {
      console.error("purge failed:", error, "and so did its onError:", own);
    };
    try {
      Promise.resolve(onError(error)).catch(say);
    } catch (own) {
      say(own);
    }
  }

  const tick = (): void => {
    running ??= purge().finally(() => {
      running = null;
    });
  };
  tick();
  const timer = setInterval(tick, everyMs);
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
