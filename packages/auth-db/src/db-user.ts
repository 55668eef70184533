// A row as the user of a session.

import type { Cell, Row } from "@latchkey/table";
import type { DbSettings } from "./db-login-options.ts";

/** A row without its password. */
export interface DbUser {
  /** The value of the user column. */
  id: string;
  [column: string]: Cell;
}

export function userOf(row: Row, { columns, hidden }: DbSettings): DbUser {
  const shown = Object.entries(row).filter(([column]) => !hidden.has(column));
  return { ...Object.fromEntries(shown), id: String(row[columns.user]) };
}

/** Two users of one name are nobody: there is no telling whose password counts. */
export function onlyOne(rows: Row[]): Row | null {
  return rows.length === 1 ? (rows[0] ?? null) : null;
}
