// More stores with one fault each: touch, delete, owners, scan and the purge.
import type { Store, StoredRecord } from "@latchkey/session-core";
import { type BrokenStore, copy } from "./broken-stores.ts";
import type { Rows } from "./reference-store.ts";

export const moreBrokenStores: readonly BrokenStore[] = [
  {
    fault: "touch writes back what it read and so revives",
    caughtBy: "touch at the same moment as delete",
    broken: (rows, good) => ({ touch: readThenWrite(rows, good) }),
  },
  {
    fault: "touch writes back what it read and so loses a replace",
    caughtBy: "touch at the same moment as replace",
    broken: (rows, good) => ({ touch: readThenWrite(rows, good) }),
  },
  {
    fault: "touch creates",
    caughtBy: "touch never creates",
    broken: (rows, good) => ({
      async touch(id, seenAt, expiresAt) {
        const fresh = {
          id,
          owner: null,
          data: "{}",
          createdAt: seenAt,
          seenAt,
          expiresAt,
          version: 1,
        };
        if (!rows.has(id)) rows.set(id, fresh);
        return good.touch(id, seenAt, expiresAt);
      },
    }),
  },
  {
    fault: "touch revives an expired record",
    caughtBy: "touch never creates",
    broken: (rows) => ({
      async touch(id, seenAt, expiresAt) {
        const row = rows.get(id);
        if (row) Object.assign(row, { seenAt, expiresAt });
        return row !== undefined;
      },
    }),
  },
  {
    fault: "touch sets instead of raising",
    caughtBy: "touch lowers nothing",
    broken: (rows, good) => ({
      async touch(id, seenAt, expiresAt) {
        const done = await good.touch(id, seenAt, expiresAt);
        if (done) Object.assign(rows.get(id) ?? {}, { seenAt, expiresAt });
        return done;
      },
    }),
  },
  {
    fault: "touch counts as a new version",
    caughtBy: "touch raises seenAt and expiresAt and keeps version",
    broken: (rows, good) => ({
      async touch(id, seenAt, expiresAt) {
        const row = rows.get(id);
        if (row) row.version++;
        return good.touch(id, seenAt, expiresAt);
      },
    }),
  },
  {
    fault: "delete looks first and removes later",
    caughtBy: "delete is true for exactly one",
    broken: (rows, good) => ({
      async delete(id) {
        const found = await good.get(id);
        rows.delete(id);
        return found !== null;
      },
    }),
  },
  {
    fault: "delete says true for an expired record",
    caughtBy: "delete answers false",
    broken: (rows) => ({ delete: async (id) => rows.delete(id) }),
  },
  {
    fault: "listByOwner goes by the beginning of the owner",
    caughtBy: "listByOwner gives all fields",
    broken: (rows) => ({
      listByOwner: async (owner, limit) => pick(rows, (row) => row.owner?.startsWith(owner), limit),
    }),
  },
  {
    fault: "listByOwner goes by insertion, not by last visit",
    caughtBy: "listByOwner puts the last seen first",
    broken: (rows) => ({
      listByOwner: async (owner, limit) => pick(rows, (row) => row.owner === owner, limit),
    }),
  },
  {
    fault: "listByOwner applies its limit before it drops the expired",
    caughtBy: "listByOwner leaves out expired",
    broken: (rows, _good, now) => ({
      async listByOwner(owner, limit) {
        const owned = pick(rows, (row) => row.owner === owner, 1_000);
        owned.sort((a, b) => b.seenAt - a.seenAt);
        return owned.slice(0, limit).filter((row) => now() < row.expiresAt);
      },
    }),
  },
  {
    fault: "deleteByOwner forgets exceptId",
    caughtBy: "deleteByOwner spares exceptId",
    broken: (_rows, good) => ({ deleteByOwner: (owner) => good.deleteByOwner(owner) }),
  },
  {
    fault: "deleteByOwner counts the expired",
    caughtBy: "deleteByOwner removes an owner's live records",
    broken: (rows) => ({
      async deleteByOwner(owner, exceptId) {
        const ids = pick(rows, (row) => row.owner === owner && row.id !== exceptId, 1_000);
        return ids.filter((row) => rows.delete(row.id)).length;
      },
    }),
  },
  {
    fault: "deleteByOwner lists first and deletes later, whoever owns it then",
    caughtBy: "deleteByOwner at the same moment as a change of owner",
    broken: (_rows, good) => ({
      async deleteByOwner(owner, exceptId) {
        let count = 0;
        for (const row of await good.listByOwner(owner, 1_000)) {
          if (row.id !== exceptId && (await good.delete(row.id))) count++;
        }
        return count;
      },
    }),
  },
  {
    fault: "scan uses LIKE",
    caughtBy: "scan takes wildcards",
    broken: (rows) => ({
      scan: async (prefix) => matching(rows, prefix.replace(/_/g, ".").replace(/%/g, ".*")),
    }),
  },
  {
    fault: "scan uses a glob",
    caughtBy: "scan takes wildcards",
    broken: (rows) => ({
      scan: async (prefix) => matching(rows, prefix.replace(/\?/g, ".").replace(/\*/g, ".*")),
    }),
  },
  {
    fault: "scan ignores case, as SQLite's LIKE does",
    caughtBy: "scan finds all fields",
    broken: (rows) => ({ scan: async (prefix) => matching(rows, `(?i:${prefix})`) }),
  },
  {
    fault: "scan counts pages by offset",
    caughtBy: "scan misses nothing when records before, at and after",
    broken: (_rows, good) => ({
      async scan(prefix, cursor, limit) {
        const { records } = await good.scan(prefix, null, 10_000);
        const end = Number(cursor) + limit;
        const more = end < records.length ? `${end}` : null;
        return { records: records.slice(Number(cursor), end), cursor: more };
      },
    }),
  },
  {
    fault: "scan goes by last visit",
    caughtBy: "scan misses nothing when records are touched",
    broken: (_rows, good) => ({
      async scan(prefix, cursor, limit) {
        const { records } = await good.scan(prefix, null, 10_000);
        const key = (row: StoredRecord): string => `${1e15 - row.seenAt} ${row.id}`;
        const left = records.filter((row) => cursor === null || key(row) > cursor);
        const page = left.sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, limit);
        const last = page.at(-1);
        return { records: page, cursor: left.length > limit && last ? key(last) : null };
      },
    }),
  },
  {
    fault: "scan ignores its limit",
    caughtBy: "scan ends with cursor null",
    broken: (_rows, good) => ({ scan: (prefix, cursor) => good.scan(prefix, cursor, 10_000) }),
  },
  {
    fault: "scan shows expired records",
    caughtBy: "scan leaves out expired",
    broken: (rows) => ({
      scan: async (prefix) => ({
        records: pick(rows, (row) => row.id.startsWith(prefix), 1_000),
        cursor: null,
      }),
    }),
  },
  {
    fault: "scan never ends",
    caughtBy: "scan ends with cursor null",
    broken: (_rows, good) => ({
      scan: async (prefix, cursor, limit) => ({
        records: (await good.scan(prefix, cursor, limit)).records,
        cursor: "more",
      }),
    }),
  },
  {
    fault: "deleteExpired ignores its limit",
    caughtBy: "deleteExpired removes the expired",
    broken: (_rows, good) => ({ deleteExpired: () => good.deleteExpired(1_000) }),
  },
  {
    fault: "deleteExpired does nothing",
    caughtBy: "deleteExpired removes the expired",
    broken: () => ({ deleteExpired: async () => 0 }),
  },
  {
    fault: "deleteExpired goes by the first expiry",
    caughtBy: "touch keeps a record alive",
    broken: (rows, good, now) => {
      const first = new Map<string, number>();
      return {
        async create(record) {
          first.set(record.id, record.expiresAt);
          return good.create(record);
        },
        async deleteExpired(limit) {
          const old = [...first].filter(([id, at]) => now() >= at && rows.has(id)).slice(0, limit);
          return old.filter(([id]) => rows.delete(id)).length;
        },
      };
    },
  },
  {
    fault: "deleteExpired looks first and removes later",
    caughtBy: "deleteExpired spares a record that is created anew",
    broken: (rows, _good, now) => ({
      async deleteExpired(limit) {
        const old = pick(rows, (row) => now() >= row.expiresAt, limit);
        for (let tick = 0; tick < 9; tick++) await null;
        return old.filter((row) => rows.delete(row.id)).length;
      },
    }),
  },
];

function readThenWrite(rows: Rows, good: Store): Store["touch"] {
  return async (id, seenAt, expiresAt) => {
    const row = await good.get(id);
    if (!row) return false;
    await null;
    rows.set(id, {
      ...row,
      seenAt: Math.max(row.seenAt, seenAt),
      expiresAt: Math.max(row.expiresAt, expiresAt),
    });
    return true;
  };
}

function pick(rows: Rows, test: (row: StoredRecord) => unknown, limit: number): StoredRecord[] {
  return [...rows.values()]
    .filter(test)
    .slice(0, limit)
    .flatMap((row) => copy(row) ?? []);
}

function matching(rows: Rows, pattern: string): { records: StoredRecord[]; cursor: null } {
  const escaped = pattern.replace(/[[\]\\^$+{}]/g, "\\$&");
  const regex = new RegExp(`^${escaped}`, "su");
  return { records: pick(rows, (row) => regex.test(row.id), 1_000), cursor: null };
}
