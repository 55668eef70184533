// A table in a collection of MongoDB: one document for each row.

import type { Collection, Document } from "mongodb";
import {
  type Entry,
  isStorable,
  requireAtMost,
  requireCell,
  requireKey,
  requireLimit,
  searchEntries,
  writeEntries,
} from "./cell.ts";
import { collationSpare, exactRows } from "./exact-rows.ts";
import { mongoUniqueCheck } from "./mongo-unique-check.ts";
import { bsonTypeOf, plainRow } from "./plain-row.ts";
import { defaultAllLimit, type Row, type Table } from "./table.ts";
import { errorCode, TableError } from "./table-error.ts";

/** What is used of a collection, whatever type its documents have. */
type MongoCollection = Pick<
  Collection,
  "collectionName" | "find" | "insertOne" | "updateMany" | "deleteMany" | "listIndexes"
>;

/**
 * Rows in a collection of your database. Reads from the primary and writes with majority write
 * concern, whatever the collection's settings: a secondary may not know of a new password yet.
 *
 * @param collection Closing its client stays with you.
 * @throws {TypeError} When `collection` is something else.
 * @example
 * const users = mongoTable(client.db("app").collection("users"));
 * const [alpha] = await users.find("user", "alpha");
 */
export function mongoTable(collection: MongoCollection): Table {
  if (typeof collection?.insertOne !== "function") {
    throw new TypeError("collection must be a collection of the mongodb driver");
  }
  const name = collection.collectionName;
  const isUnique = mongoUniqueCheck(collection);

  async function run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof TableError) throw cause;
      const isTaken = errorCode(cause) === duplicateKey;
      throw isTaken
        ? new TableError("ERR_TABLE_CONFLICT", `${name}: a unique index refused it`, { cause })
        : new TableError("ERR_TABLE_UNAVAILABLE", `${name}: MongoDB did not do it`, { cause });
    }
  }

  const insert = (entries: readonly Entry[]): Promise<unknown> => {
    const document = Object.fromEntries(checked(entries, name));
    return run(() => collection.insertOne(document, byMajority));
  };

  return {
    async find(column, value, limit = 2) {
      requireCell(value, column);
      requireLimit(limit);
      const filter = filterOf([[column, value]], name);
      if (!isStorable(value)) return [];
      const most = limit + collationSpare;
      const found = await run(() => collection.find(filter, fromPrimary).limit(most).toArray());
      return exactRows(found.map(rowOf), column, value, limit);
    },

    async all(limit = defaultAllLimit) {
      requireLimit(limit);
      const found = await run(() =>
        collection
          .find({}, fromPrimary)
          .limit(limit + 1)
          .toArray(),
      );
      requireAtMost(found, limit, name);
      return found.map(rowOf);
    },

    async insert(row) {
      await insert(writeEntries(row, "row"));
    },

    async insertIfAbsent(row, column) {
      const entries = checked(writeEntries(row, "row"), name);
      requireKey(row, column);
      await run(() => isUnique(column));
      try {
        await insert(entries);
        return true;
      } catch (error) {
        if (error instanceof TableError && error.code === "ERR_TABLE_CONFLICT") return false;
        throw error;
      }
    },

    async update(where, changes) {
      const filter = filterOf(searchEntries(where, "where"), name);
      const wishes = Object.fromEntries(checked(writeEntries(changes, "changes"), name));
      if (!Object.values(where).every(isStorable)) return 0;
      const change = { $set: wishes };
      return (await run(() => collection.updateMany(filter, change, byMajority))).matchedCount;
    },

    async delete(where) {
      const filter = filterOf(searchEntries(where, "where"), name);
      if (!Object.values(where).every(isStorable)) return 0;
      return (await run(() => collection.deleteMany(filter, byMajority))).deletedCount;
    },
  };
}

/** E11000. */
const duplicateKey = 11_000;

const fromPrimary = { readPreference: "primary" } as const;
const byMajority = { writeConcern: { w: "majority" } } as const;

/** Every value behind `$eq`, where nothing is an operator. */
function filterOf(entries: readonly Entry[], name: string): Document {
  return Object.fromEntries(
    checked(entries, name).map(([column, cell]) => [column, { $eq: cell }]),
  );
}

/** @throws {TableError} `ERR_TABLE_COLUMN` for a name that is an operator or a path to MongoDB. */
function checked(entries: readonly Entry[], name: string): readonly Entry[] {
  const bad = entries.find(
    ([column]) => column === "" || column === "__proto__" || /^\$|[.\0]/.test(column),
  );
  if (bad) throw new TableError("ERR_TABLE_COLUMN", `${name} has no column of that name`);
  return entries;
}

/** Without the `_id` that MongoDB makes up; one of your own is a column like the others. */
function rowOf(document: Document): Row {
  const { _id, ...rest } = document;
  return plainRow(bsonTypeOf(_id) === "ObjectId" ? rest : document);
}
