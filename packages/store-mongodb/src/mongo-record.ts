// A record as MongoDB keeps it, and the checks that let no operator object through in either
// direction: `{ $ne: null }` in place of an id would match any record.
import type { StoredRecord } from "@latchkey/session-core";

/** What is in the collection: `db.collection<MongoRecord>("…")`. Times are epoch milliseconds. */
export interface MongoRecord extends Omit<StoredRecord, "id"> {
  /** The record's id. */
  _id: string;
}

/** @throws {TypeError} For a field of a wrong type; says the field, not what is in it. */
export function toDocument(record: StoredRecord): MongoRecord {
  return { _id: checkText(record.id, "id"), ...checkFields({ ...record }) };
}

/** @throws {TypeError} For a document that is not one of ours. */
export function toRecord(document: unknown): StoredRecord {
  if (typeof document !== "object" || document === null) throw new TypeError("not a document");
  const fields = document as Record<string, unknown>;
  return { id: checkText(fields["_id"], "_id"), ...checkFields(fields) };
}

function checkFields(fields: Record<string, unknown>): Omit<StoredRecord, "id"> {
  const owner = fields["owner"];
  return {
    owner: owner === null ? null : checkText(owner, "owner"),
    data: checkText(fields["data"], "data"),
    createdAt: checkNumber(fields["createdAt"], "createdAt"),
    seenAt: checkNumber(fields["seenAt"], "seenAt"),
    expiresAt: checkNumber(fields["expiresAt"], "expiresAt"),
    version: checkNumber(fields["version"], "version"),
  };
}

export function checkText(value: unknown, name: string): string {
  if (typeof value !== "string") throw new TypeError(`${name} must be a string`);
  return value;
}

export function checkNumber(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`${name} must be a number`);
}
