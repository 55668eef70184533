// A row as the user of a session, and back.

import type { Cell, Row } from "@latchkey/table";
import type { DbSettings } from "./db-login-options.ts";

/** A row without its password. */
export interface DbUser {
  /** The user's id: by default the value of the user column. A column of this name gives way to it. */
  id: string;
  [column: string]: Cell;
}

/** @throws {TypeError} When the row has no value in the column of ids. */
export function userOf(row: Row, { id, hidden }: DbSettings): DbUser {
  const value = row[id.column];
  if ((typeof value !== "string" && typeof value !== "number") || value === "") {
    throw new TypeError(`id.column: a row has no text and no number in '${id.column}'`);
  }
  const shown = Object.entries(row).filter(([column]) => !hidden.has(column));
  return { ...Object.fromEntries(shown), id: `${id.prefix}${value}` };
}

/** What the user logs in with. */
export function nameOf(row: Row, { columns }: DbSettings): string {
  return String(row[columns.user]);
}

/** @returns The user of this id as the table is now; `null` when there is none who may log in. */
export async function loadUser(id: string, settings: DbSettings): Promise<DbUser | null> {
  const { column, prefix } = settings.id;
  const value = id.slice(prefix.length);
  if (!id.startsWith(prefix) || value === "" || value.includes("\0")) return null;
  const row = onlyOne(await rowsWith(settings, column, value));
  return row !== null && (await settings.isActive(row)) ? userOf(row, settings) : null;
}

/** An id is text, also where its column has numbers. */
async function rowsWith({ table }: DbSettings, column: string, value: string): Promise<Row[]> {
  const rows = await table.find(column, value, 2);
  const number = Number(value);
  if (rows.length > 0 || String(number) !== value) return rows;
  return table.find(column, number, 2);
}

/** Two users of one name are nobody: there is no telling whose password counts. */
export function onlyOne(rows: Row[]): Row | null {
  return rows.length === 1 ? (rows[0] ?? null) : null;
}
