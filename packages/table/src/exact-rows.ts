// Rows of a database that have a value exactly, out of those it takes for equal.

import { isExactly } from "./cell.ts";
import type { Cell, Row } from "./table.ts";

/**
 * Many databases compare text without case, accents or trailing blanks. Login needs the account
 * that was counted for throttling to be the one that is checked, so such rows are left out;
 * this many of them may come first.
 */
export const collationSpare = 50;

/** @param rows What the database found: up to `limit + collationSpare` rows. */
export function exactRows(rows: readonly Row[], column: string, value: Cell, limit: number): Row[] {
  return rows.filter((row) => isExactly(row[column], value)).slice(0, limit);
}
