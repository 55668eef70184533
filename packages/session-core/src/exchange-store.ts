// A store that lives in the request itself: what `@latchkey/store-cookie` gives to `createSessions`.

import type { Exchange } from "./exchange.ts";
import type { ExchangeCookie } from "./session-cookie.ts";
import type { Store, StoredRecord } from "./store.ts";

/** What a session needs of a store. */
export type RecordStore = Pick<Store, "create" | "get" | "replace" | "touch" | "delete">;

/** How long a cookie with a record may be good for. */
export interface RecordEnd {
  /** No visit or write lengthens the session beyond this: epoch ms. */
  endsAt: number;
  /** The cookie goes when the browser closes. */
  browser: boolean;
}

/** The one record of a request, kept in a cookie. What is written is pending until the head is sent. */
export interface ExchangeStore extends RecordStore {
  /** Whether {@link writeCookies} has anything to do; without any work. */
  readonly due: boolean;
  /**
   * A login's write: ends record `id` for good and begins `next` in its place. Old cookies can't be
   * told from new ones by a version, so the record itself must be another.
   *
   * @returns `false` if `id` was over already; then nothing has begun.
   */
  rotate(id: string, next: StoredRecord): Promise<boolean>;
  /**
   * Adds what is pending to the response, once.
   *
   * @param end Of the pending record; `null` when there is none.
   * @throws {SessionError} `ERR_COOKIE_TOO_LARGE`; nothing was added then.
   */
  writeCookies(end: RecordEnd | null): Promise<void>;
  /** The response has begun: later writes reject with `ERR_SESSION_LATE`. */
  sealHead(): void;
}

/** Makes the store of each request. */
export interface ExchangeStores {
  /** @param cookie Where the record is kept, beside the session's own cookie. */
  forExchange(exchange: Exchange, cookie: ExchangeCookie): ExchangeStore;
}

/** The same beside a whole store, from which sessions can be ended without their requests. */
export interface RevocableStores extends Store, ExchangeStores {
  /**
   * Ends all of an owner's sessions but one that has just begun.
   *
   * @returns `false` if that one is over already; then no other was ended for it.
   */
  keepNewest(owner: string, id: string): Promise<boolean>;
}

export function isRevocable(store: Store | ExchangeStores): store is RevocableStores {
  return isExchangeStores(store) && "keepNewest" in store;
}

export function isExchangeStores(store: Store | ExchangeStores): store is ExchangeStores {
  return typeof store === "object" && store !== null && "forExchange" in store;
}

export function isStore(store: Store | ExchangeStores): store is Store {
  return typeof store === "object" && store !== null && "replace" in store;
}
