export type { MongoRecord } from "./mongo-record.ts";
export { type MongoStore, type MongoStoreOptions, mongoStore } from "./mongo-store.ts";
