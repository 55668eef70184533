// The Store contract in commands of MongoDB, each of which checks and writes a document at once.
import { type Store, StoreError } from "@latchkey/session-core";
import type { Collection } from "mongodb";
import { type MongoRecord, toDocument, toRecord } from "./mongo-record.ts";

/** Documents per command of a purge, so that no other writer waits for long. */
const PURGE_BATCH = 500;

/** E11000, the answer to an insert whose `_id` is there. */
const DUPLICATE_KEY = 11_000;

// Whatever the collection's own settings: a secondary may not know of a logout yet, and a write
// that only one server has is undone when that one fails.
const fromPrimary = { readPreference: "primary" } as const;
const byMajority = { writeConcern: { w: "majority" } } as const;

/** @param now Epoch milliseconds. */
export function collectionStore(collection: Collection<MongoRecord>, now: () => number): Store {
  const live = () => ({ expiresAt: { $gt: now() } });

  return {
    // An expired document gives way, a missing one is inserted. A live one doesn't match, so that
    // MongoDB tries to insert beside it and finds the `_id` taken.
    create: (record) =>
      run("create", async () => {
        const { _id, ...rest } = toDocument(record);
        try {
          const expired = { _id, expiresAt: { $lte: now() } };
          await collection.replaceOne(expired, rest, { upsert: true, ...byMajority });
          return true;
        } catch (error) {
          if (isDuplicateKey(error)) return false;
          throw error;
        }
      }),

    get: (id) =>
      run("get", async () => {
        const document = await collection.findOne({ _id: id, ...live() }, fromPrimary);
        return document === null ? null : toRecord(document);
      }),

    replace: (next) =>
      run("replace", async () => {
        const { _id, createdAt: _, ...rest } = toDocument(next);
        const filter = { _id, version: rest.version - 1, ...live() };
        const result = await collection.updateOne(filter, { $set: rest }, byMajority);
        return result.matchedCount === 1;
      }),

    touch: (id, seenAt, expiresAt) =>
      run("touch", async () => {
        const raise = { $max: { seenAt, expiresAt } };
        const result = await collection.updateOne({ _id: id, ...live() }, raise, byMajority);
        return result.matchedCount === 1;
      }),

    delete: (id) =>
      run("delete", async () => {
        const time = now();
        const wasLive = { _id: id, expiresAt: { $gt: time } };
        const wasNot = { _id: id, expiresAt: { $lte: time } };
        if ((await collection.deleteOne(wasLive, byMajority)).deletedCount === 1) return true;
        // An expired one, too: a visit by a clock that is behind would bring it back, and may
        // just have done so.
        if ((await collection.deleteOne(wasNot, byMajority)).deletedCount === 1) return false;
        return (await collection.deleteOne(wasLive, byMajority)).deletedCount === 1;
      }),

    listByOwner: (owner, limit) =>
      run("listByOwner", async () => {
        if (limit < 1) return []; // To MongoDB, 0 is no limit.
        const found = collection.find({ owner, ...live() }, fromPrimary);
        return (await found.sort({ seenAt: -1 }).limit(limit).toArray()).map(toRecord);
      }),

    // MongoDB compares text by its bytes. So ids that share a prefix are next to each other, and
    // the first that is the prefix or comes after it begins them.
    scan: (prefix, cursor, limit) =>
      run("scan", async () => {
        const _id = cursor === null ? { $gte: prefix } : { $gt: cursor };
        const found = collection.find({ _id, ...live() }, fromPrimary);
        const page = await found.sort({ _id: 1 }).limit(Math.max(1, limit)).toArray();
        const records = page.map(toRecord).filter(({ id }) => id.startsWith(prefix));
        const more = records.length === page.length && page.length >= limit;
        return { records, cursor: more ? (records.at(-1)?.id ?? null) : null };
      }),

    deleteByOwner: (owner, exceptId) =>
      run("deleteByOwner", async () => {
        const others = exceptId === undefined ? {} : { _id: { $ne: exceptId } };
        const time = now();
        // What is live by now stays so. A visit by a clock that is behind makes others live.
        const wereNot = { owner, ...others, expiresAt: { $lte: time } };
        await collection.deleteMany(wereNot, byMajority);
        const wereLive = { owner, ...others, expiresAt: { $gt: time } };
        return (await collection.deleteMany(wereLive, byMajority)).deletedCount;
      }),

    deleteExpired: (limit) =>
      run("deleteExpired", async () => {
        const expired = { expiresAt: { $lte: now() } };
        let removed = 0;
        while (removed < limit) {
          const batch = Math.min(limit - removed, PURGE_BATCH);
          const found = collection.find(expired, { projection: { _id: 1 }, ...fromPrimary });
          const ids = (await found.limit(batch).toArray()).map(({ _id }) => _id);
          if (ids.length === 0) break;
          // Asked again: by now one of them may have been replaced by a new record.
          const result = await collection.deleteMany({ _id: { $in: ids }, ...expired }, byMajority);
          removed += result.deletedCount;
          if (ids.length < batch) break;
        }
        return removed;
      }),
  };
}

/** @throws {StoreError} `ERR_STORE_UNAVAILABLE`, the driver's error as `cause`. */
export async function run<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const message = `the MongoDB store could not do its work: ${what}`;
    throw new StoreError("ERR_STORE_UNAVAILABLE", message, { cause });
  }
}

/** By its number: which class of which version of the driver it is doesn't matter. */
function isDuplicateKey(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === DUPLICATE_KEY;
}
