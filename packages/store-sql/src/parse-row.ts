// A row as some driver returns it → a record.
import type { StoredRecord } from "@latchkey/session-core";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws {TypeError} For a row that is not one of ours; says the column, not what is in it. */
export function parseRow(row: unknown): StoredRecord {
  const columns = columnsOf(row);
  const owner = columns["owner"];
  return {
    id: text(columns["id"], "id"),
    owner: owner === null ? null : text(owner, "owner"),
    data: text(columns["data"], "data"),
    createdAt: wholeNumber(columns["created_at"], "created_at"),
    seenAt: wholeNumber(columns["seen_at"], "seen_at"),
    expiresAt: wholeNumber(columns["expires_at"], "expires_at"),
    version: wholeNumber(columns["version"], "version"),
  };
}

/** @throws {TypeError} As {@link parseRow}. */
export function expiryOfRow(row: unknown): number {
  return wholeNumber(columnsOf(row)["expires_at"], "expires_at");
}

function columnsOf(row: unknown): Record<string, unknown> {
  if (typeof row !== "object" || row === null) throw new TypeError("a row is not an object");
  return row as Record<string, unknown>;
}

/** BIGINT: a number in SQLite drivers and `mysql2`, a string in `pg`, a bigint where one is told so. */
export function wholeNumber(value: unknown, column: string): number {
  const number = typeof value === "number" ? value : Number(integerText(value) ?? Number.NaN);
  if (!Number.isSafeInteger(number)) throw new TypeError(`column ${column} is no whole number`);
  return number;
}

function integerText(value: unknown): string | null {
  if (typeof value === "bigint") return value.toString();
  return typeof value === "string" && /^-?\d{1,17}$/.test(value) ? value : null;
}

/** MySQL keeps keys as bytes: VARBINARY is what compares them as they are. */
function text(value: unknown, column: string): string {
  if (value instanceof Uint8Array) return utf8.decode(value);
  if (typeof value !== "string") throw new TypeError(`column ${column} is no text`);
  return value;
}
