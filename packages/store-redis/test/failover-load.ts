// Visitors who come, return and log out while servers die; remembers what they were told.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type Store, StoreError } from "@latchkey/session-core";

interface LoadReport {
  /** When calls were refused: `performance.now()`. */
  readonly readErrors: readonly number[];
  readonly writeErrors: readonly number[];
  /** Errors that are no StoreError. There must be none. */
  readonly strange: readonly unknown[];
  /** How often a record was read after its delete had been answered with `true`. */
  readonly revivals: number;
  /** Answered deletes. */
  readonly ended: ReadonlySet<string>;
  /** Answered creates whose records nobody tried to delete. */
  readonly living: ReadonlySet<string>;
}

const VISITORS = 8;

/** How long after the failover the last error may come. Measured: 0.02 to 1.2 s. */
export const SPARE_MS = 2_000;

export interface Load {
  /** Waits until nothing has been refused for a second; for ten seconds at most. */
  settled(): Promise<void>;
  stop(): Promise<LoadReport>;
}

export function startLoad(store: Store): Load {
  const ended = new Set<string>();
  const living = new Set<string>();
  const readErrors: number[] = [];
  const writeErrors: number[] = [];
  const strange: unknown[] = [];
  let revivals = 0;
  let running = true;

  async function attempt<T>(errors: number[], work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreError) errors.push(performance.now());
      else strange.push(error);
      return null;
    }
  }

  async function visit(visitor: number): Promise<void> {
    const mine: string[] = [];
    for (let turn = 0; running; turn++) {
      const id = `session:${visitor}-${turn}`;
      const now = Date.now();
      const times = { createdAt: now, seenAt: now, expiresAt: now + 600_000 };
      const record = { id, owner: `user:${visitor}`, data: "{}", ...times, version: 1 };
      if (await attempt(writeErrors, () => store.create(record))) living.add(id);
      if (turn % 2 === 0) {
        living.delete(id);
        if (await attempt(writeErrors, () => store.delete(id))) {
          ended.add(id);
          mine.push(id);
        }
      }
      const old = mine[Math.floor(Math.random() * mine.length)];
      if (old !== undefined) {
        if ((await attempt(readErrors, () => store.get(old))) !== null) revivals += 1;
      }
      await sleep(5);
    }
  }

  const visitors = Array.from({ length: VISITORS }, (_, visitor) => visit(visitor));
  return {
    async settled() {
      const end = performance.now() + 10_000;
      const lastError = (): number => Math.max(0, readErrors.at(-1) ?? 0, writeErrors.at(-1) ?? 0);
      const since = performance.now();
      while (performance.now() < end) {
        await sleep(50);
        if (performance.now() - Math.max(since, lastError()) > 1_000) return;
      }
    },
    async stop() {
      running = false;
      await Promise.all(visitors);
      return { readErrors, writeErrors, strange, revivals, ended, living };
    },
  };
}

/** How many of these records are there, asked a few at a time. */
export async function countThere(store: Store, ids: Iterable<string>): Promise<number> {
  let count = 0;
  const left = [...ids];
  while (left.length > 0) {
    const found = await Promise.all(left.splice(0, 100).map((id) => store.get(id)));
    count += found.filter((record) => record !== null).length;
  }
  return count;
}

/** Waits for what takes a while; fails after a minute. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > end) throw new Error("it did not come to pass in a minute");
    await sleep(20);
  }
}
