// Stores with one fault each, the kind found in the wild, and the rule that must catch it.
import type { Store, StoredRecord } from "@latchkey/session-core";
import type { Rows } from "./reference-store.ts";

export interface BrokenStore {
  fault: string;
  /** Part of the name of a rule that has to fail. */
  caughtBy: string;
  /** The faulty methods; `good` is a correct store over the same rows. */
  broken(rows: Rows, good: Store, now: () => number): Partial<Store>;
}

export const brokenStores: readonly BrokenStore[] = [
  {
    fault: "create overwrites",
    caughtBy: "create refuses an id that is taken",
    broken: (rows) => ({
      async create(record) {
        rows.set(record.id, { ...record });
        return true;
      },
    }),
  },
  {
    fault: "create looks first and inserts later",
    caughtBy: "create is true for exactly one",
    broken: (rows, good) => ({
      async create(record) {
        if (await good.get(record.id)) return false;
        rows.set(record.id, { ...record });
        return true;
      },
    }),
  },
  {
    fault: "create refuses an id whose record has expired",
    caughtBy: "create over an expired record of the same id",
    broken: (rows, good) => ({
      create: async (record) => !rows.has(record.id) && good.create(record),
    }),
  },
  {
    fault: "get returns expired records",
    caughtBy: "a record is live until",
    broken: (rows) => ({ get: async (id) => copy(rows.get(id)) }),
  },
  {
    fault: "get keeps a record one millisecond too long",
    caughtBy: "a record is live until",
    broken: (rows, _good, now) => ({
      async get(id) {
        const row = rows.get(id);
        return row && now() <= row.expiresAt ? copy(row) : null;
      },
    }),
  },
  {
    fault: "get hands out the stored object itself",
    caughtBy: "what is passed in or handed out",
    broken: (rows, good) => ({
      get: async (id) => ((await good.get(id)) ? (rows.get(id) ?? null) : null),
    }),
  },
  {
    fault: "data is parsed and printed again",
    caughtBy: "data is kept to the character: spaces",
    broken: (_rows, good) => ({
      async get(id) {
        const row = await good.get(id);
        return row && { ...row, data: JSON.stringify(JSON.parse(row.data || '""')) };
      },
    }),
  },
  {
    fault: "ids are compared without case, as by MySQL's default collation",
    caughtBy: "ids are compared exactly",
    broken: (_rows, good) => ({
      create: (record) => good.create({ ...record, id: record.id.toLowerCase() }),
      get: (id) => good.get(id.toLowerCase()),
    }),
  },
  {
    fault: "ids are cut to 191 characters",
    caughtBy: "ids are compared exactly",
    broken: (_rows, good) => ({
      create: (record) => good.create({ ...record, id: record.id.slice(0, 191) }),
    }),
  },
  {
    fault: "times are kept in 32 bits",
    caughtBy: "times beyond 32 bits",
    broken: (_rows, good) => ({
      create: (record) => good.create({ ...record, seenAt: record.seenAt | 0 }),
    }),
  },
  {
    fault: "replace writes blindly",
    caughtBy: "replace answers false unless",
    broken: (rows, good) => ({
      async replace(next) {
        const row = await good.get(next.id);
        if (!row) return false;
        rows.set(next.id, { ...next, createdAt: row.createdAt });
        return true;
      },
    }),
  },
  {
    fault: "replace checks the version first and writes later",
    caughtBy: "replace is true for exactly one",
    broken: (rows, good) => ({
      async replace(next) {
        const row = await good.get(next.id);
        if (row?.version !== next.version - 1) return false;
        rows.set(next.id, { ...next, createdAt: row.createdAt });
        return true;
      },
    }),
  },
  {
    fault: "replace revives what was deleted since its check",
    caughtBy: "delete at the same moment as replace",
    broken: (rows, good) => ({
      async replace(next) {
        const row = await good.get(next.id);
        if (row?.version !== next.version - 1) return false;
        if (rows.get(next.id)?.version === next.version) return false; // but not: is it still there?
        rows.set(next.id, { ...next, createdAt: row.createdAt });
        return true;
      },
    }),
  },
  {
    fault: "replace inserts what is absent",
    caughtBy: "replace never creates",
    broken: (_rows, good) => ({
      replace: async (next) => (await good.replace(next)) || good.create(next),
    }),
  },
  {
    fault: "replace revives an expired record",
    caughtBy: "replace never creates",
    broken: (rows) => ({
      async replace(next) {
        const row = rows.get(next.id);
        if (row?.version !== next.version - 1) return false;
        rows.set(next.id, { ...next, createdAt: row.createdAt });
        return true;
      },
    }),
  },
  {
    fault: "replace overwrites createdAt",
    caughtBy: "replace writes owner, data",
    broken: (rows, good) => ({
      async replace(next) {
        const done = await good.replace(next);
        if (done) rows.set(next.id, { ...next });
        return done;
      },
    }),
  },
  {
    fault: "replace keeps the first owner",
    caughtBy: "replace moves a record to another owner",
    broken: (rows, good) => ({
      replace: async (next) =>
        good.replace({ ...next, owner: rows.get(next.id)?.owner ?? next.owner }),
    }),
  },
  {
    fault: "replace never shortens a life",
    caughtBy: "replace may shorten",
    broken: (rows, good) => ({
      replace: async (next) =>
        good.replace({
          ...next,
          expiresAt: Math.max(next.expiresAt, rows.get(next.id)?.expiresAt ?? 0),
        }),
    }),
  },
];

export function copy(row: StoredRecord | undefined): StoredRecord | null {
  return row ? { ...row } : null;
}
