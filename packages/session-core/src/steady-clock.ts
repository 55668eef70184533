// The time of day, by a clock that is never put back while the process runs: what began while the
// system's clock was ahead would live longer once that is put right.

import { performance } from "node:perf_hooks";

/** Put back by more: it was wrong by far, and other processes would share none of its times. */
const MAX_AHEAD_MS = 3_600_000;

/**
 * Follows `wall` ahead, never back, and never runs slower than `monotonic`.
 *
 * @param wall Epoch milliseconds; may be put ahead and back.
 * @param monotonic Milliseconds since some moment; stands still while the machine sleeps.
 */
export function steadyClock(
  wall: () => number = () => Date.now(),
  monotonic: () => number = () => performance.now(),
): () => number {
  let ahead = -Infinity;
  return () => {
    // In this order: whatever holds the process up in between must not put it ahead.
    const time = wall();
    const elapsed = monotonic();
    const now = time - elapsed;
    if (now > ahead || now < ahead - MAX_AHEAD_MS) ahead = now;
    return Math.floor(ahead + elapsed);
  };
}

/** One for the whole process, so that all that it stamps agrees. */
export const processClock: () => number = steadyClock();
