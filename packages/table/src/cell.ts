// Checks what callers pass, before any backend sees it: an object in place of a value, such as
// `{ $ne: null }` parsed from a request, would mean something to a database.

import type { Cell, Row } from "./table.ts";
import { TableError } from "./table-error.ts";

export type Entry = [column: string, cell: Cell];

/** The columns and values to look for. @throws {TypeError} When there are none, or no values. */
export function searchEntries(row: Row, option: string): Entry[] {
  if (typeof row !== "object" || row === null) throw new TypeError(`${option} must be a row`);
  const entries = Object.entries(row);
  if (entries.length === 0) throw new TypeError(`${option} must name at least one column`);
  for (const [column, cell] of entries) requireCell(cell, column);
  return entries;
}

/** The columns and values to write. @throws {TableError} `ERR_TABLE_VALUE`. */
export function writeEntries(row: Row, option: string): Entry[] {
  const entries = searchEntries(row, option);
  const bad = entries.find(([, cell]) => !isStorable(cell));
  if (bad) {
    throw new TableError("ERR_TABLE_VALUE", `the text for column '${bad[0]}' can't be kept`);
  }
  return entries;
}

/** @throws {TypeError} */
export function requireCell(cell: unknown, column: string): void {
  const isCell =
    cell === null ||
    typeof cell === "string" ||
    typeof cell === "boolean" ||
    (typeof cell === "number" && Number.isFinite(cell));
  if (!isCell) throw new TypeError(`column '${column}' must be text, a number, a boolean or null`);
}

/** @throws {TypeError} */
export function requireLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw new TypeError("limit must be a whole number");
}

/** The value that must not be taken yet. @throws {TypeError} When there is none. */
export function requireKey(row: Row, column: string): Cell {
  const cell = Object.hasOwn(row, column) ? row[column] : null;
  if (cell === null || cell === undefined || cell === "") {
    throw new TypeError(`the row needs a value in column '${column}'`);
  }
  return cell;
}

/**
 * PostgreSQL keeps no NUL, and half a surrogate pair is another text once it is written as UTF-8.
 * No table has such a text, so none is found and none is written.
 */
export function isStorable(cell: Cell): boolean {
  return typeof cell !== "string" || !(cell.includes("\0") || /\p{Surrogate}/u.test(cell));
}

/** Exactly, whatever a database's collation takes for equal. */
export function isExactly(stored: Cell | undefined, value: Cell): boolean {
  if (stored === null || stored === undefined || value === null) return (stored ?? null) === value;
  if (typeof value === "boolean") return stored === value || stored === Number(value);
  return String(stored) === String(value);
}

/** @throws {TableError} `ERR_TABLE_TOO_LARGE` when there are more. */
export function requireAtMost<Item>(items: readonly Item[], limit: number, table: string): void {
  if (items.length > limit) {
    throw new TableError("ERR_TABLE_TOO_LARGE", `${table} has more than ${limit} rows`);
  }
}
