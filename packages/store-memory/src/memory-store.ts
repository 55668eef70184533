// The Store of one process: bounded, purged from outside, nothing shared with callers.
import { type Store, type StoredRecord, StoreError } from "@latchkey/session-core";
import { RecordTable } from "./record-table.ts";

export interface MemoryStoreOptions {
  /**
   * How many records there may be. The last tenth of them is kept for records with an owner.
   * Default 100,000.
   */
  readonly maxRecords?: number;
  /** The clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

/** How many records one page of `scan` looks at, matching or not, so that no call takes long. */
const SCAN_STRETCH = 10_000;

/**
 * Keeps records in this process's memory: they are gone when it ends, and no other process sees
 * them. Holds at most `maxRecords`; it never drops a live record to make room.
 *
 * @returns A store whose `create` rejects with `ERR_STORE_FULL` when there is no room.
 * @throws {TypeError} When `maxRecords` is not a whole number of at least 1.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@latchkey/store-memory";
 *
 * const store = memoryStore({ maxRecords: 20_000 });
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const { maxRecords = 100_000, now = Date.now } = options;
  if (!Number.isSafeInteger(maxRecords) || maxRecords < 1) {
    throw new TypeError("maxRecords must be a whole number of at least 1");
  }
  const maxOwnerless = maxRecords - Math.floor(maxRecords / 10);
  const table = new RecordTable();

  /** Throws unless there is room for one more; expired records make room. */
  function makeRoom(owner: string | null): void {
    const max = owner === null ? maxOwnerless : maxRecords;
    for (const time = now(); table.size >= max; ) {
      const expired = table.expiredSlot(time);
      if (expired === -1) throw new StoreError("ERR_STORE_FULL", fullMessage(max, owner));
      table.remove(expired);
    }
  }

  function liveRecordsOf(owner: string): number[] {
    const time = now();
    return [...table.owners.slots(owner)].filter((slot) => table.isLive(slot, time));
  }

  return {
    async create(record) {
      const slot = table.slotOf(record.id);
      if (slot !== -1 && table.isLive(slot, now())) return false;
      if (slot !== -1) table.remove(slot);
      makeRoom(record.owner);
      table.add(record);
      return true;
    },

    async get(id) {
      const slot = table.liveSlotOf(id, now());
      return slot === -1 ? null : table.read(slot);
    },

    async replace(next) {
      const slot = table.liveSlotOf(next.id, now());
      if (slot === -1 || table.version(slot) !== next.version - 1) return false;
      table.overwrite(slot, next);
      return true;
    },

    async touch(id, seenAt, expiresAt) {
      const slot = table.liveSlotOf(id, now());
      if (slot === -1) return false;
      table.raise(slot, seenAt, expiresAt);
      return true;
    },

    async delete(id) {
      const slot = table.slotOf(id);
      if (slot === -1) return false;
      const wasLive = table.isLive(slot, now());
      table.remove(slot); // An expired one, too: the clock may be put back.
      return wasLive;
    },

    async listByOwner(owner, limit) {
      const slots = liveRecordsOf(owner).sort((a, b) => table.seenAt(b) - table.seenAt(a));
      return slots.slice(0, limit).map((slot) => table.read(slot));
    },

    // Goes down from the last slot: a removal only moves records to lower slots, so one that is
    // still to come stays still to come.
    async scan(prefix, cursor, limit) {
      const time = now();
      const start = cursor === null ? table.size : Math.min(Number(cursor), table.size);
      const end = Math.max(0, start - SCAN_STRETCH);
      const records: StoredRecord[] = [];
      let slot = start;
      while (slot > end && records.length < limit) {
        slot--;
        if (table.id(slot).startsWith(prefix) && table.isLive(slot, time)) {
          records.push(table.read(slot));
        }
      }
      return { records, cursor: slot > 0 ? String(slot) : null };
    },

    async deleteByOwner(owner, exceptId) {
      const time = now();
      const ids = [...table.owners.slots(owner)].map((slot) => table.id(slot));
      let live = 0;
      for (const id of ids) {
        if (id === exceptId) continue;
        const slot = table.slotOf(id);
        if (table.isLive(slot, time)) live += 1;
        table.remove(slot);
      }
      return live;
    },

    async deleteExpired(limit) {
      const time = now();
      let removed = 0;
      for (; removed < limit; removed++) {
        const slot = table.expiredSlot(time);
        if (slot === -1) break;
        table.remove(slot);
      }
      return removed;
    },
  };
}

function fullMessage(max: number, owner: string | null): string {
  const which = owner === null ? " of those without an owner" : "";
  return `the memory store holds its most${which}: ${max} live records; see maxRecords`;
}
