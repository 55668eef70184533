// What is in the file → records.
import type { StoredRecord } from "@latchkey/session-core";

/** What the file begins with; a later release can tell an older file by the number. */
export const HEAD = '{"format":"latchkey-store-file","formatVersion":1,"records":[';
export const TAIL = "\n]}\n";

/**
 * @throws {TypeError | SyntaxError} For text that is not a whole file of ours; quotes none of it.
 */
export function parseRecords(text: string): Map<string, StoredRecord> {
  const file = fieldsOf(parseJson(text), "the file");
  if (file["format"] !== "latchkey-store-file") throw new TypeError("it is not a store file");
  if (file["formatVersion"] !== 1) throw new TypeError("a newer release wrote it");
  const list = file["records"];
  if (!Array.isArray(list)) throw new TypeError("it has no records");
  const records = new Map<string, StoredRecord>();
  for (const item of list) {
    const record = parseRecord(item);
    if (records.has(record.id)) throw new TypeError("an id is there twice");
    records.set(record.id, record);
  }
  return records;
}

/** @throws {TypeError} That names the field, not what is in it. */
export function parseRecord(value: unknown): StoredRecord {
  const fields = fieldsOf(value, "a record");
  const owner = fields["owner"];
  return {
    id: text(fields["id"], "id"),
    owner: owner === null ? null : text(owner, "owner"),
    data: text(fields["data"], "data"),
    createdAt: number(fields["createdAt"], "createdAt"),
    seenAt: number(fields["seenAt"], "seenAt"),
    expiresAt: number(fields["expiresAt"], "expiresAt"),
    version: number(fields["version"], "version"),
  };
}

/** The error of `JSON.parse` quotes the text, and with it what is in sessions. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError("it is not JSON, or not all of it is there");
  }
}

function fieldsOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new TypeError(`${what} is not an object`);
  return value as Record<string, unknown>;
}

function text(value: unknown, field: string): string {
  if (typeof value !== "string") throw new TypeError(`the ${field} of a record is no text`);
  return value;
}

function number(value: unknown, field: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`the ${field} of a record is no number`);
}
