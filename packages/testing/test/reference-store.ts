// A plain, slow, correct store: what the contract must accept. Broken ones are made from it.
import type { Store, StoredRecord } from "@latchkey/session-core";

/** Records by id; each method does its work without yielding, so it is atomic. */
export type Rows = Map<string, StoredRecord>;

export function referenceStore(rows: Rows, now: () => number): Store {
  const live = (id: string): StoredRecord | null => {
    const row = rows.get(id);
    return row && now() < row.expiresAt ? row : null;
  };
  const all = (): StoredRecord[] => [...rows.keys()].flatMap((id) => live(id) ?? []);
  return {
    async create(record) {
      if (live(record.id)) return false;
      rows.set(record.id, { ...record });
      return true;
    },
    async get(id) {
      const row = live(id);
      return row && { ...row };
    },
    async replace(next) {
      const row = live(next.id);
      if (row?.version !== next.version - 1) return false;
      rows.set(next.id, { ...next, createdAt: row.createdAt });
      return true;
    },
    async touch(id, seenAt, expiresAt) {
      const row = live(id);
      if (!row) return false;
      row.seenAt = Math.max(row.seenAt, seenAt);
      row.expiresAt = Math.max(row.expiresAt, expiresAt);
      return true;
    },
    async delete(id) {
      return live(id) !== null && rows.delete(id);
    },
    async listByOwner(owner, limit) {
      const owned = all().filter((row) => row.owner === owner);
      return copies(owned.sort((a, b) => b.seenAt - a.seenAt).slice(0, limit));
    },
    async scan(prefix, cursor, limit) {
      const after = (row: StoredRecord): boolean => cursor === null || row.id > cursor;
      const found = all().filter((row) => row.id.startsWith(prefix) && after(row));
      const page = found.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
      return {
        records: copies(page),
        cursor: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
    async deleteByOwner(owner, exceptId) {
      const owned = all().filter((row) => row.owner === owner && row.id !== exceptId);
      return owned.filter((row) => rows.delete(row.id)).length;
    },
    async deleteExpired(limit) {
      const expired = [...rows.values()].filter((row) => now() >= row.expiresAt);
      return expired.slice(0, limit).filter((row) => rows.delete(row.id)).length;
    },
  };
}

function copies(rows: StoredRecord[]): StoredRecord[] {
  return rows.map((row) => ({ ...row }));
}
