// Any express-session store as a Store: atomic within this process, not across processes.

import {
  boundedStore,
  type Duration,
  durationMs,
  type Store,
  type StoredRecord,
} from "@latchkey/session-core";
import { askStore, type ExpressSessionStore } from "./callback-store.ts";
import { turnsOf } from "./id-turns.ts";
import { fromSession, toSession } from "./session-json.ts";

export interface ConnectStoreOptions {
  /** How long one call may take. Default `'400ms'`. */
  readonly timeout?: Duration;
}

/**
 * A write that has no answer in time may still come to pass: whatever is to come after it waits for
 * this many times as long.
 */
const PATIENCE = 10;

/**
 * Keeps records in an express-session store, whatever is behind it.
 *
 * An express-session store can get, set and destroy, and nothing of that on a condition. What
 * `Store` promises beyond is made up here, **within one process and over one store object**:
 *
 * - kept everywhere: a record comes back as it was stored, and counts as absent once it expired.
 * - kept in one process only: `create`, `replace`, `touch`, `delete` and `deleteByOwner` are atomic.
 *   With two processes, an update of the other process may be lost, a record that it deleted (a
 *   logout) may come back, and one `create` or `delete` of the same record may be true in each.
 * - kept only by stores with `all()`: `listByOwner`, `scan` and `deleteByOwner`. They read all
 *   sessions of the store, and reject with `ERR_STORE_UNAVAILABLE` where there is no `all()`.
 *
 * @throws {TypeError} When `store` has no get, set and destroy, or `timeout` is not a duration.
 *
 * @example
 * ```ts
 * import { createSessions } from "@latchkey/session-core";
 * import { connectStore, type ExpressSessionStore } from "@latchkey/store-connect";
 *
 * declare const old: ExpressSessionStore; // e.g. new session.MemoryStore() of express-session
 * const store = connectStore(old);
 * const sessions = createSessions({ store, keys: [process.env["SESSION_KEY"] ?? ""] });
 * console.log(await sessions.list("user-42")); // []
 * ```
 */
export function connectStore(store: ExpressSessionStore, options: ConnectStoreOptions = {}): Store {
  const { timeout = "400ms" } = options;
  const timeoutMs = durationMs(timeout, "timeout");
  const asked = askStore(store, timeoutMs, PATIENCE * timeoutMs);
  const turn = turnsOf(store);

  const isLive = (record: StoredRecord): boolean => Date.now() < record.expiresAt;

  async function read(id: string): Promise<StoredRecord | null> {
    const record = fromSession(await asked.get(id));
    return record !== null && isLive(record) ? record : null;
  }

  function write(record: StoredRecord): Promise<void> {
    return asked.set(record.id, toSession(record, Date.now()));
  }

  async function readAll(): Promise<StoredRecord[]> {
    return (await asked.all()).flatMap((session) => fromSession(session) ?? []);
  }

  async function recordsOf(owner: string): Promise<StoredRecord[]> {
    return (await readAll()).filter((record) => record.owner === owner && isLive(record));
  }

  /** How many of these were still there, and fit. */
  async function destroyThose(
    records: StoredRecord[],
    fits: (record: StoredRecord) => boolean,
  ): Promise<number> {
    const destroyed = records.map(({ id }) =>
      turn(id, async () => {
        const current = fromSession(await asked.get(id));
        if (current === null || !fits(current)) return false;
        await asked.destroy(id);
        return true;
      }),
    );
    return (await Promise.all(destroyed)).filter(Boolean).length;
  }

  const unbounded: Store = {
    create: (record) =>
      turn(record.id, async () => {
        if ((await read(record.id)) !== null) return false;
        await write(record);
        return true;
      }),

    get: read,

    replace: (next) =>
      turn(next.id, async () => {
        const current = await read(next.id);
        if (current?.version !== next.version - 1) return false;
        await write({ ...next, createdAt: current.createdAt });
        return true;
      }),

    touch: (id, seenAt, expiresAt) =>
      turn(id, async () => {
        const current = await read(id);
        if (current === null) return false;
        if (seenAt <= current.seenAt && expiresAt <= current.expiresAt) return true;
        await write({
          ...current,
          seenAt: Math.max(seenAt, current.seenAt),
          expiresAt: Math.max(expiresAt, current.expiresAt),
        });
        return true;
      }),

    delete: (id) =>
      turn(id, async () => {
        if ((await read(id)) === null) return false;
        await asked.destroy(id);
        return true;
      }),

    async listByOwner(owner, limit) {
      const records = await recordsOf(owner);
      return records.sort((a, b) => b.seenAt - a.seenAt).slice(0, limit);
    },

    async scan(prefix, cursor, limit) {
      const rest = (await readAll())
        .filter((record) => record.id.startsWith(prefix) && isLive(record))
        .filter((record) => cursor === null || record.id > cursor)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const records = rest.slice(0, limit);
      const last = records.at(-1);
      return { records, cursor: rest.length > limit && last !== undefined ? last.id : null };
    },

    async deleteByOwner(owner, exceptId) {
      const doomed = (await recordsOf(owner)).filter((record) => record.id !== exceptId);
      return destroyThose(doomed, (record) => record.owner === owner && isLive(record));
    },

    async deleteExpired(limit) {
      if (!asked.canList) return 0; // Its own affair, then.
      const expired = (await readAll()).filter((record) => !isLive(record));
      return destroyThose(expired.slice(0, limit), (record) => !isLive(record));
    },
  };

  return boundedStore(unbounded, { timeout });
}
