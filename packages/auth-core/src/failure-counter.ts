// A counter of failures in a store: shared by all processes, counted exactly, forgotten in time.

import type { Store, StoredRecord } from "@latchkey/session-core";

interface Failures {
  count: number;
  lastAt: number;
}

export interface FailureCounter {
  read(key: string): Promise<Failures>;
  /** Counts one more. @returns How many there are now. */
  add(key: string): Promise<number>;
  /** Takes failures back, as many as there are and not more than `most`. @returns How many. */
  lessen(key: string, most: number): Promise<number>;
  reset(key: string): Promise<void>;
}

export interface ForgetRule {
  /** A count is forgotten this long, in milliseconds, … */
  forgetMs: number;
  /** … after its first failure or its last. */
  after: "first" | "last";
}

export function createFailureCounter(
  store: Store,
  { forgetMs, after }: ForgetRule,
  now: () => number,
): FailureCounter {
  const idOf = (key: string): string => `throttle:${key}`;

  async function add(key: string): Promise<number> {
    for (;;) {
      const at = now();
      const known = await store.get(idOf(key));
      const count = (known === null ? 0 : countIn(known)) + 1;
      const expiresAt = known === null || after === "last" ? at + forgetMs : known.expiresAt;
      const times = { data: JSON.stringify({ count }), seenAt: at, expiresAt };
      const next: StoredRecord =
        known === null
          ? { id: idOf(key), owner: null, createdAt: at, version: 1, ...times }
          : { ...known, ...times, version: known.version + 1 };
      // False means that another process counted meanwhile: count on from there.
      if (await (known === null ? store.create(next) : store.replace(next))) return count;
    }
  }

  async function lessen(key: string, most: number): Promise<number> {
    for (;;) {
      const known = await store.get(idOf(key));
      const count = known === null ? 0 : countIn(known);
      const taken = Math.min(count, most);
      if (known === null || taken === 0) return 0;
      const data = JSON.stringify({ count: count - taken });
      if (await store.replace({ ...known, data, version: known.version + 1 })) return taken;
    }
  }

  return {
    async read(key) {
      const record = await store.get(idOf(key));
      return record === null
        ? { count: 0, lastAt: 0 }
        : { count: countIn(record), lastAt: record.seenAt };
    },
    add,
    lessen,
    async reset(key) {
      await store.delete(idOf(key));
    },
  };
}

function countIn(record: StoredRecord): number {
  const value: unknown = JSON.parse(record.data);
  const known = typeof value === "object" && value !== null && "count" in value;
  return known && typeof value.count === "number" ? value.count : 0;
}
