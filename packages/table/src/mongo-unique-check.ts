// Asks MongoDB whether a column is kept unique, since its inserts can't demand it.

import type { Collection, Document } from "mongodb";
import { errorCode, TableError } from "./table-error.ts";

type Indexed = Pick<Collection, "collectionName" | "listIndexes">;

/**
 * Returns a check of one column, which asks MongoDB until it has said yes once.
 *
 * @throws {TableError} `ERR_TABLE_NOT_UNIQUE`.
 */
export function mongoUniqueCheck(collection: Indexed): (column: string) => Promise<void> {
  const known = new Set(["_id"]); // Always unique, and not listed so.
  return async (column) => {
    if (known.has(column)) return;
    const indexes = await indexesOf(collection);
    if (!indexes.some((index) => keepsUnique(index, column))) {
      const message = `${collection.collectionName}: '${column}' has no unique index of its own`;
      throw new TableError("ERR_TABLE_NOT_UNIQUE", message);
    }
    known.add(column);
  };
}

async function indexesOf(collection: Indexed): Promise<Document[]> {
  try {
    return await collection.listIndexes().toArray();
  } catch (error) {
    if (errorCode(error) === namespaceNotFound) return []; // No collection yet.
    throw error;
  }
}

const namespaceNotFound = 26;

/** A partial index keeps only some documents apart. */
function keepsUnique({ key, unique, partialFilterExpression }: Document, column: string): boolean {
  const columns = typeof key === "object" && key !== null ? Object.keys(key) : [];
  const isPartial = partialFilterExpression !== undefined;
  return unique === true && !isPartial && columns.length === 1 && columns[0] === column;
}
