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

const BATCH = 1_000;

/**
 * Purges a store at once and then at every interval; other work runs between two batches. Doesn't
 * keep the process alive.
 *
 * @returns A function that stops it, and waits for the batch under way.
 */
export function startPurge(store: Store, options: PurgeOptions = {}): () => Promise<void> {
  const { every = "1h", onError = (error) => console.error("purge failed:", error) } = options;
  let stopped = false;
  let running: Promise<void> | null = null;

  async function purge(): Promise<void> {
    try {
      while (!stopped && (await store.deleteExpired(BATCH)) === BATCH) await breathe();
    } catch (error) {
      onError(error);
    } finally {
      running = null;
    }
  }

  const tick = (): void => {
    running ??= purge();
  };
  tick();
  const timer = setInterval(tick, durationMs(every, "every"));
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
