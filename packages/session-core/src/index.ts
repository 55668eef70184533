export { type Duration, durationMs, parseDuration } from "./duration.ts";
export type { Exchange, Principal, Reply } from "./exchange.ts";
export { type Store, StoreError, type StoreErrorCode, type StoredRecord } from "./store.ts";
