// The nine methods of the Store contract, on records in memory and drafts of their changes.
import { type Store, type StoredRecord, StoreError } from "@latchkey/session-core";
import type { Draft, Records } from "./draft.ts";

export interface RecordStoreOptions {
  readonly records: Records;
  /** Runs one atomic change and answers when it counts as done. */
  readonly change: <T>(operation: (draft: Draft) => T) => Promise<T>;
  readonly maxRecords: number;
  readonly now: () => number;
}

/** Reads see what was answered, never a change that still waits for the disk. */
export function recordStore(options: RecordStoreOptions): Store {
  const { records, change, maxRecords, now } = options;
  const maxOwnerless = maxRecords - Math.floor(maxRecords / 10);

  /** Throws unless there is room for one more; expired records make room. */
  function makeRoom(draft: Draft, owner: string | null): void {
    const max = owner === null ? maxOwnerless : maxRecords;
    if (draft.size < max) return;
    const time = now();
    for (const record of draft.values()) {
      if (!isLive(record, time)) draft.remove(record.id);
    }
    if (draft.size >= max) throw new StoreError("ERR_STORE_FULL", fullMessage(max, owner));
  }

  function live(source: { get(id: string): StoredRecord | null | undefined }, id: string) {
    const record = source.get(id);
    return record && isLive(record, now()) ? record : null;
  }

  function liveWhere(test: (record: StoredRecord) => boolean): StoredRecord[] {
    const time = now();
    const found: StoredRecord[] = [];
    for (const record of records.values()) {
      if (isLive(record, time) && test(record)) found.push(record);
    }
    return found;
  }

  return {
    create: (record) =>
      change((draft) => {
        if (live(draft, record.id) !== null) return false;
        draft.remove(record.id);
        makeRoom(draft, record.owner);
        draft.put(record);
        return true;
      }),

    async get(id) {
      const record = live(records, id);
      return record && { ...record };
    },

    replace: (next) =>
      change((draft) => {
        const old = live(draft, next.id);
        if (old === null || old.version !== next.version - 1) return false;
        draft.put({ ...next, createdAt: old.createdAt });
        return true;
      }),

    touch: (id, seenAt, expiresAt) =>
      change((draft) => {
        const old = live(draft, id);
        if (old === null) return false;
        const raised = {
          seenAt: Math.max(seenAt, old.seenAt),
          expiresAt: Math.max(expiresAt, old.expiresAt),
        };
        if (raised.seenAt > old.seenAt || raised.expiresAt > old.expiresAt) {
          draft.put({ ...old, ...raised });
        }
        return true;
      }),

    delete: (id) =>
      change((draft) => {
        const wasLive = live(draft, id) !== null;
        draft.remove(id); // An expired one, too: the clock may be put back.
        return wasLive;
      }),

    async listByOwner(owner, limit) {
      const owned = liveWhere((record) => record.owner === owner);
      owned.sort((a, b) => b.seenAt - a.seenAt);
      return owned.slice(0, limit).map((record) => ({ ...record }));
    },

    // In the order of ids, after the last one seen: nothing that others do moves a record.
    async scan(prefix, cursor, limit) {
      const left = liveWhere(
        ({ id }) => id.startsWith(prefix) && (cursor === null || id > cursor),
      ).sort((a, b) => (a.id < b.id ? -1 : 1));
      const page = left.slice(0, limit).map((record) => ({ ...record }));
      return { records: page, cursor: left.length > limit ? (page.at(-1)?.id ?? null) : null };
    },

    deleteByOwner: (owner, exceptId) =>
      change((draft) => {
        const time = now();
        let removed = 0;
        for (const record of draft.values()) {
          if (record.owner !== owner || record.id === exceptId) continue;
          if (isLive(record, time)) removed++;
          draft.remove(record.id);
        }
        return removed;
      }),

    deleteExpired: (limit) =>
      change((draft) => {
        const time = now();
        let removed = 0;
        for (const record of draft.values()) {
          if (removed >= limit) break;
          if (isLive(record, time)) continue;
          draft.remove(record.id);
          removed++;
        }
        return removed;
      }),
  };
}

function isLive(record: StoredRecord, time: number): boolean {
  return time < record.expiresAt;
}

function fullMessage(max: number, owner: string | null): string {
  const which = owner === null ? " of those without an owner" : "";
  return `the file store holds its most${which}: ${max} live records; see maxRecords`;
}
