// Sessions in the browsers' own cookies, sealed; everything else, and what was ended before its time,
// in the store for revocations, if there is one.

import {
  type ExchangeStores,
  type RevocableStores,
  SESSION_PREFIX,
  type Store,
} from "@latchkey/session-core";
import { CookieRecords, type CookieRecordsContext } from "./cookie-records.ts";
import { createRevocationList, type RevocationList } from "./revocation-list.ts";
import { sealKeys } from "./seal-keys.ts";
import { createSealer } from "./sealer.ts";

export interface CookieStoreOptions {
  /** Secrets of at least 32 characters or bytes; the first seals, all open. */
  keys: readonly (string | Uint8Array)[];
  /**
   * Makes logout final: what was ended before its time is kept here, and asked for with every
   * request that has a session. Also takes everything that is not a session.
   */
  revocations?: Store;
  /** The clock, epoch milliseconds. Default `Date.now`. */
  now?: () => number;
}

/** For `createSessions` and for everything that takes a `Store`. */
export interface CookieStore extends RevocableStores {}

/**
 * Keeps each session in its browser's cookie, sealed: encrypted and authentic.
 *
 * @returns With `revocations` a whole `Store`; without, something for `createSessions` alone.
 * @throws {TypeError} That names the option, for values that are wrong or unsafe.
 *
 * @example
 * ```ts
 * import { createSessions } from "@latchkey/session-core";
 * import { cookieStore } from "@latchkey/store-cookie";
 * import { memoryStore } from "@latchkey/store-memory";
 *
 * const keys = [process.env["SESSION_KEY"] ?? ""];
 * const store = cookieStore({ keys, revocations: memoryStore() });
 * const sessions = createSessions({ store, keys });
 * ```
 */
export function cookieStore(options: CookieStoreOptions & { revocations: Store }): CookieStore;
export function cookieStore(options: CookieStoreOptions): ExchangeStores;
export function cookieStore(options: CookieStoreOptions): CookieStore | ExchangeStores {
  const { revocations, now = Date.now } = options;
  if (revocations !== undefined && typeof revocations?.create !== "function") {
    throw new TypeError("revocations must be a Latchkey store");
  }
  const list = revocations === undefined ? null : createRevocationList(revocations, now);
  const sealer = createSealer(sealKeys(options.keys));
  const context: CookieRecordsContext = { sealer, revocations: list, now };
  const stores: ExchangeStores = {
    forExchange: (exchange, cookie) => new CookieRecords(context, exchange, cookie),
  };
  if (revocations === undefined || list === null) return stores;
  const { keepNewest } = list;
  return { ...stores, ...besideSessions(revocations, list), keepNewest };
}

/** From outside a request no session can be seen; all of a user's can be ended all the same. */
function besideSessions(store: Store, list: RevocationList): Store {
  return {
    create: async (record) => store.create(notSession(record)),
    get: async (id) => (isSession(id) ? null : store.get(id)),
    replace: async (next) => store.replace(notSession(next)),
    touch: async (id, seenAt, expiresAt) => !isSession(id) && store.touch(id, seenAt, expiresAt),
    delete: (id) =>
      isSession(id) ? list.end({ id, endsAt: null, anonymous: false }) : store.delete(id),
    listByOwner: async (owner, limit) => (isSession(owner) ? [] : store.listByOwner(owner, limit)),
    async scan(prefix, cursor, limit) {
      return isSession(prefix) ? { records: [], cursor: null } : store.scan(prefix, cursor, limit);
    },
    async deleteByOwner(owner, exceptId) {
      if (!isSession(owner)) return store.deleteByOwner(owner, exceptId);
      await list.endAll(owner, exceptId ?? null);
      return 0;
    },
    deleteExpired: (limit) => store.deleteExpired(limit),
  };
}

function isSession(idOrOwner: string): boolean {
  return idOrOwner.startsWith(SESSION_PREFIX);
}

function notSession<T extends { id: string }>(record: T): T {
  if (!isSession(record.id)) return record;
  throw new TypeError("store: sessions are written by requests; don't wrap a cookieStore");
}
