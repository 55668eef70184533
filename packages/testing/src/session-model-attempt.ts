// A call of a session that may write: what was known before it, and what came of it.
import type { Ledger, Life, Mark, Write } from "./session-model-ledger.ts";

export interface Attempt<T> {
  begun: Mark;
  done: Mark;
  /** What it was to write. */
  writes: readonly Write[];
  /** Whether the life was over for certain before it began. */
  ended: boolean;
  /** Until when the life wasn't over for want of visits, as of its beginning. */
  idleEnd: number;
  outcome: { kind: "done"; value: T } | { kind: "refused"; error: unknown };
}

/**
 * Makes the call, which counts as a visit that is under way: tell the ledger by `leave` whether it
 * has become one.
 */
export async function attempt<T>(
  ledger: Ledger,
  life: Life | null,
  begin: (begun: Mark) => Write[],
  call: () => Promise<T>,
): Promise<Attempt<T>> {
  const begun = ledger.mark();
  const writes = begin(begun);
  const ended = life !== null && ledger.hasEnded(life, begun);
  const idleEnd = life === null ? 0 : ledger.idleEnd(life);
  if (life !== null) ledger.enter(life.account);
  const outcome = await settle(call);
  return { begun, writes, ended, idleEnd, outcome, done: ledger.mark() };
}

async function settle<T>(call: () => Promise<T>): Promise<Attempt<T>["outcome"]> {
  try {
    return { kind: "done", value: await call() };
  } catch (error) {
    return { kind: "refused", error };
  }
}
