export { type BoundedStoreOptions, boundedStore } from "./bounded-store.ts";
export { type Duration, durationMs, parseDuration } from "./duration.ts";
export type { Exchange, Principal, Reply } from "./exchange.ts";
export type {
  ExchangeStore,
  ExchangeStores,
  RecordEnd,
  RevocableStores,
} from "./exchange-store.ts";
export type { LiveSession } from "./live-session.ts";
export { type PurgeOptions, startPurge } from "./purge.ts";
export type { LoginLifetime, Session } from "./session.ts";
export { type CookieOptions, createCookie, type ExchangeCookie } from "./session-cookie.ts";
export { SessionError, type SessionErrorCode } from "./session-error.ts";
export { SESSION_PREFIX } from "./session-writer.ts";
export {
  createSessions,
  type SessionInfo,
  type Sessions,
  type SessionsOptions,
} from "./sessions.ts";
export { type Store, type StoredRecord, StoreError, type StoreErrorCode } from "./store.ts";
export type { LoadUser } from "./user-loader.ts";
