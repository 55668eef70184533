// The sessions of an application: opens the one of a request, lists and revokes those of a user.

import { randomBytes as cryptoRandomBytes } from "node:crypto";
import { type Duration, durationMs } from "./duration.ts";
import type { Exchange } from "./exchange.ts";
import { type ExchangeStores, isExchangeStores, isRevocable, isStore } from "./exchange-store.ts";
import { keepNewest } from "./keep-newest.ts";
import { createKeyRing } from "./key-ring.ts";
import { LiveSession, type SessionContext } from "./live-session.ts";
import { loadSession, tokenOf } from "./load-session.ts";
import { type CookieOptions, createCookie } from "./session-cookie.ts";
import { defaultLifetimes } from "./session-lifetime.ts";
import { openRecord, originOf, type StoredSession } from "./session-record.ts";
import { isSessionId } from "./session-token.ts";
import { SESSION_PREFIX } from "./session-writer.ts";
import { processClock } from "./steady-clock.ts";
import type { Store, StoredRecord } from "./store.ts";
import { createTokenReader } from "./token-reader.ts";
import { createUserLoader, type LoadUser } from "./user-loader.ts";
import { createWriteQueue } from "./write-queue.ts";

export interface SessionsOptions<
  User extends { id: string },
  AnyStore extends Store | ExchangeStores = Store,
> {
  /** Where the records are: a backend, or each browser's own cookie. */
  store: AnyStore;
  /** Secrets of at least 32 characters or bytes; the first signs, all verify. */
  keys: readonly (string | Uint8Array)[];
  cookie?: CookieOptions;
  /** Absolute, from the login or the first write. Default `'30d'`; `'browser'` until it closes. */
  lifetime?: Duration | "browser";
  /** Ends sooner without a visit for this long. Default `'off'`. */
  idle?: Duration | "off";
  /** A visit is recorded at most this often, or every tenth of `idle` if that is less. Default `'1m'`. */
  touchEvery?: Duration;
  /** Brings `session.user` up to date; `null` ends the session. */
  loadUser?: LoadUser<User>;
  /**
   * How old what `loadUser` said may be. Default: asked at every request. For as long, all requests
   * of a user get the same object: don't change it.
   */
  loadUserEvery?: Duration;
  /** Epoch milliseconds. Default: `Date.now`, but never put back while the process runs. */
  now?: () => number;
  randomBytes?: (size: number) => Uint8Array;
}

/** One of a user's sessions, for "where am I logged in". */
export interface SessionInfo {
  id: string;
  /** `null` before a login. */
  userId: string | null;
  /** `User-Agent` at the login. */
  agent: string;
  /** Address at the login. */
  ip: string;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
}

export interface Sessions<User extends { id: string }, Data extends object> {
  /**
   * The session of a request: a promise of it, by one `get`, if the request carries a genuine
   * cookie; otherwise the session itself, without a store call. `await` takes both.
   *
   * @throws {StoreError} By the promise, when the store fails; never an anonymous session instead.
   */
  open(exchange: Exchange): LiveSession<User, Data> | Promise<LiveSession<User, Data>>;
  /** A user's sessions, the last seen first; at most `limit` (default 100). */
  list(userId: string, limit?: number): Promise<SessionInfo[]>;
  /** All sessions, a page at a time; start with `null`. */
  listAll(
    cursor: string | null,
    limit?: number,
  ): Promise<{ sessions: SessionInfo[]; cursor: string | null }>;
  /**
   * Ends one of a user's sessions; `false` if it is not theirs, or not there.
   *
   * @throws {TypeError} Where browsers' cookies hold the sessions: nobody can tell whose one is.
   */
  revoke(userId: string, id: string): Promise<boolean>;
  /** Ends all of a user's sessions but `exceptId`; how many there were. */
  revokeAll(userId: string, exceptId?: string): Promise<number>;
  /**
   * Makes a session that has just logged in its user's only one. Of several at once the last to
   * begin stays, or where browsers' cookies hold them, the first to ask; `false` when this one had
   * to go instead.
   */
  keepNewest(userId: string, id: string): Promise<boolean>;
}

/**
 * Sets up the sessions of an application.
 *
 * @throws {TypeError} That names the option, for values that are wrong or unsafe.
 */
export function createSessions<
  User extends { id: string } = { id: string },
  Data extends object = Record<string, unknown>,
>(options: SessionsOptions<User, Store | ExchangeStores>): Sessions<User, Data> {
  const { touchEvery = "1m", now: clock = processClock, randomBytes = cryptoRandomBytes } = options;
  for (const [name, value] of Object.entries({ now: clock, randomBytes })) {
    if (typeof value !== "function") throw new TypeError(`${name} must be a function`);
  }
  const now = (): number => Math.floor(clock()); // Whole, as records keep it.
  const ring = createKeyRing(options.keys);
  const cookie = createCookie(options.cookie);
  const lifetimes = defaultLifetimes(options);
  const contextOf = contextMaker(options, {
    ring,
    cookie,
    visitorCookie: createCookie(options.cookie, "-visitor"),
    lifetimes,
    touchEveryMs: durationMs(touchEvery, "touchEvery"),
    now,
    randomBytes,
  });
  const store = isStore(options.store) ? options.store : null;
  const loadUser = createUserLoader(options.loadUser, options.loadUserEvery, now);
  const loading = { readToken: createTokenReader<User, Data>(ring), cookie, loadUser, now };

  const describeLive = (record: StoredRecord): SessionInfo[] => {
    const stored = openRecord(record, now());
    return stored === null ? [] : [describe(stored)];
  };

  return {
    open(exchange) {
      const context = contextOf(exchange);
      const token = tokenOf(loading, exchange);
      if (token === null) return new LiveSession<User, Data>(context, exchange, null);
      return loadSession(loading, context.store, token).then(
        (loaded) => new LiveSession<User, Data>(context, exchange, loaded),
      );
    },
    async list(userId, limit = 100) {
      if (store === null) return [];
      const records = await store.listByOwner(SESSION_PREFIX + userId, limit);
      return records.flatMap(describeLive);
    },
    async listAll(cursor, limit = 100) {
      if (store === null) return { sessions: [], cursor: null };
      const page = await store.scan(SESSION_PREFIX, cursor, limit);
      return { sessions: page.records.flatMap(describeLive), cursor: page.cursor };
    },
    async revoke(userId, id) {
      if (store === null || isExchangeStores(store)) throw cannotRevokeOne();
      if (!isSessionId(id)) return false;
      const record = await store.get(SESSION_PREFIX + id);
      if (record?.owner !== SESSION_PREFIX + userId) return false;
      return store.delete(record.id);
    },
    async keepNewest(userId, id) {
      if (store === null) throw cannotRevoke();
      const [owner, ownId] = [SESSION_PREFIX + userId, SESSION_PREFIX + id];
      if (isRevocable(store)) return store.keepNewest(owner, ownId); // Nobody can list these.
      return keepNewest(store, owner, ownId, now);
    },
    async revokeAll(userId, exceptId) {
      if (store === null) throw cannotRevoke();
      return store.deleteByOwner(
        SESSION_PREFIX + userId,
        exceptId === undefined ? undefined : SESSION_PREFIX + exceptId,
      );
    },
  };
}

/** One context for all requests; where cookies hold the records, each request has its own. */
function contextMaker(
  { store, cookie }: Pick<SessionsOptions<never, Store | ExchangeStores>, "store" | "cookie">,
  shared: Omit<SessionContext, "store" | "sealed" | "queue">,
): (exchange: Exchange) => SessionContext {
  if (isExchangeStores(store)) {
    const dataCookie = createCookie(cookie, "-data");
    return (exchange) => {
      const sealed = store.forExchange(exchange, dataCookie);
      return { ...shared, store: sealed, sealed, queue: unqueued };
    };
  }
  if (!isStore(store)) throw new TypeError("store must be a Latchkey store");
  const context: SessionContext = { ...shared, store, sealed: null, queue: createWriteQueue() };
  return () => context;
}

/** What other requests write is in other cookies, and one request writes one thing at a time. */
const unqueued: SessionContext["queue"] = (_id, write) => write(null);

function cannotRevoke(): TypeError {
  return new TypeError("store can't revoke sessions: cookieStore needs a revocation list for that");
}

function cannotRevokeOne(): TypeError {
  return new TypeError(
    "store can't end one session: cookieStore, with a revocation list, all of a user's",
  );
}

function describe({ record, content }: StoredSession): SessionInfo {
  return {
    id: record.id.slice(SESSION_PREFIX.length),
    userId: record.owner?.slice(SESSION_PREFIX.length) ?? null,
    ...originOf(content.head),
    createdAt: record.createdAt,
    lastSeenAt: record.seenAt,
    expiresAt: record.expiresAt,
  };
}
