// The smallest store that keeps the contract: a Map, a clock, and a count of what was asked of it.

import type { Store, StoredRecord } from "../src/store.ts";

export interface MapStore extends Store {
  readonly records: Map<string, StoredRecord>;
  /** Every call so far, e.g. `get session:abc`. */
  readonly calls: string[];
  /** Runs before every call, e.g. to yield, to wait, or to fail. */
  before: (call: string) => Promise<void>;
  /** Runs between the work of a call and its answer. */
  after: (call: string) => Promise<void>;
}

const nothing = async (): Promise<void> => {};

export function mapStore(now: () => number): MapStore {
  const records = new Map<string, StoredRecord>();
  const calls: string[] = [];

  function live(id: string): StoredRecord | null {
    const record = records.get(id);
    return record === undefined || now() >= record.expiresAt ? null : record;
  }

  async function call<T>(name: string, id: string, work: () => T): Promise<T> {
    calls.push(`${name} ${id}`);
    await store.before(name);
    const result = work();
    await store.after(name);
    return result;
  }

  function remove(id: string): boolean {
    const was = live(id) !== null;
    records.delete(id);
    return was;
  }

  const store: MapStore = {
    records,
    calls,
    before: nothing,
    after: nothing,
    create: (record) =>
      call("create", record.id, () => {
        if (live(record.id) !== null) return false;
        records.set(record.id, { ...record });
        return true;
      }),
    get: (id) =>
      call("get", id, () => {
        const record = live(id);
        return record === null ? null : { ...record };
      }),
    replace: (next) =>
      call("replace", next.id, () => {
        const record = live(next.id);
        if (record?.version !== next.version - 1) return false;
        records.set(next.id, { ...next, createdAt: record.createdAt });
        return true;
      }),
    touch: (id, seenAt, expiresAt) =>
      call("touch", id, () => {
        const record = live(id);
        if (record === null) return false;
        record.seenAt = Math.max(record.seenAt, seenAt);
        record.expiresAt = Math.max(record.expiresAt, expiresAt);
        return true;
      }),
    delete: (id) => call("delete", id, () => remove(id)),
    listByOwner: (owner, limit) =>
      call("listByOwner", owner, () =>
        [...records.values()]
          .filter((record) => record.owner === owner && live(record.id) !== null)
          .sort((a, b) => b.seenAt - a.seenAt)
          .slice(0, limit)
          .map((record) => ({ ...record })),
      ),
    scan: (prefix, cursor, limit) =>
      call("scan", prefix, () => {
        const ids = [...records.keys()]
          .filter((id) => id.startsWith(prefix) && id > (cursor ?? "") && live(id) !== null)
          .sort();
        const page = ids.slice(0, limit);
        const found = page.flatMap((id) => live(id) ?? []).map((record) => ({ ...record }));
        return { records: found, cursor: ids.length > limit ? (page.at(-1) ?? null) : null };
      }),
    deleteByOwner: (owner, exceptId) =>
      call("deleteByOwner", owner, () => {
        const ids = [...records.values()]
          .filter((record) => record.owner === owner && record.id !== exceptId)
          .map((record) => record.id);
        return ids.filter(remove).length;
      }),
    deleteExpired: (limit) =>
      call("deleteExpired", "", () => {
        const ids = [...records.keys()].filter((id) => live(id) === null).slice(0, limit);
        for (const id of ids) records.delete(id);
        return ids.length;
      }),
  };
  return store;
}
