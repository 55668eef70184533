// The Store over a collection of the user's.
import { boundedStore, type Duration, type Store } from "@latchkey/session-core";
import type { Collection } from "mongodb";
import { collectionStore, run } from "./collection-store.ts";
import { checkNumber, checkText, type MongoRecord, toDocument } from "./mongo-record.ts";

export interface MongoStoreOptions {
  /** How long one call may take. Default `'400ms'`. */
  readonly timeout?: Duration;
  /** The clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

export interface MongoStore extends Store {
  /**
   * Makes the two indexes, if they aren't there. Call it at start-up, in any number of processes.
   *
   * @throws {StoreError} `ERR_STORE_UNAVAILABLE` when MongoDB fails or forbids it.
   */
  migrate(): Promise<void>;
}

/**
 * Keeps records in a collection of your database. Reads from the primary and writes with majority
 * write concern, whatever the collection's settings.
 *
 * @param collection A collection of its own, without a collation; closing the client stays with you.
 * @returns A store whose methods reject with `StoreError` `ERR_STORE_UNAVAILABLE`, the driver's
 * error as `cause`, when MongoDB fails or doesn't answer in time.
 * @throws {TypeError} That names the option, for a wrong one. Its methods reject with one for an
 * id or owner that is not a string.
 *
 * @example
 * ```ts
 * import { type MongoRecord, mongoStore } from "@latchkey/store-mongodb";
 * import { MongoClient } from "mongodb";
 *
 * const client = new MongoClient("mongodb://localhost:27017");
 * const store = mongoStore(client.db("app").collection<MongoRecord>("latchkey_records"));
 * await store.migrate();
 * ```
 */
export function mongoStore(
  collection: Collection<MongoRecord>,
  options: MongoStoreOptions = {},
): MongoStore {
  const { timeout = "400ms", now = Date.now } = options;
  if (typeof collection?.findOne !== "function") {
    throw new TypeError("collection must be a collection of the mongodb driver");
  }
  const store = boundedStore(collectionStore(collection, now), { timeout });
  // Arguments are checked before the store is asked: a caller's mistake is not a failure of MongoDB,
  // which would count towards refusing everybody.
  return {
    async migrate() {
      const indexes = [{ key: { owner: 1 } as const }, { key: { expiresAt: 1 } as const }];
      await run("migrate", () => collection.createIndexes(indexes));
    },
    create: async (record) => {
      toDocument(record);
      return store.create(record);
    },
    get: async (id) => store.get(checkText(id, "id")),
    replace: async (next) => {
      toDocument(next);
      return store.replace(next);
    },
    touch: async (id, seenAt, expiresAt) =>
      store.touch(
        checkText(id, "id"),
        checkNumber(seenAt, "seenAt"),
        checkNumber(expiresAt, "expiresAt"),
      ),
    delete: async (id) => store.delete(checkText(id, "id")),
    listByOwner: async (owner, limit) => store.listByOwner(checkText(owner, "owner"), limit),
    scan: async (prefix, cursor, limit) =>
      store.scan(
        checkText(prefix, "prefix"),
        cursor === null ? null : checkText(cursor, "cursor"),
        limit,
      ),
    deleteByOwner: async (owner, exceptId) =>
      store.deleteByOwner(
        checkText(owner, "owner"),
        exceptId === undefined ? undefined : checkText(exceptId, "exceptId"),
      ),
    deleteExpired: (limit) => store.deleteExpired(limit),
  };
}
