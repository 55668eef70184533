// The rows of a whole file, and how they are found by any column.

import type { Cell, Row } from "./table.ts";
import { TableError } from "./table-error.ts";

/** A file as read: its first record names the columns. Never changed in place. */
export interface FileContent {
  readonly columns: readonly string[];
  readonly records: readonly (readonly Cell[])[];
  /** Positions of the records with this value in this column, in the order of the file. */
  positions(column: string, value: Cell): readonly number[];
}

/** @param problem Makes the error for a problem with the first line. */
export function fileContent(
  columns: readonly string[],
  records: readonly (readonly Cell[])[],
  problem: (what: string) => TableError,
): FileContent {
  const twice = columns.find((name, at) => name === "" || columns.indexOf(name) !== at);
  if (twice === "") throw problem("line 1 has a column without a name");
  if (twice !== undefined) throw problem(`line 1 has the column '${twice}' twice`);
  return { columns, records, positions: lookup(columns, records) };
}

/** One record by column name. */
export function rowOf({ columns, records }: FileContent, position: number): Row {
  const record = records[position] ?? [];
  return Object.fromEntries(columns.map((name, at) => [name, record[at] ?? null]));
}

/** @throws {TableError} `ERR_TABLE_COLUMN` for the first that is not there. */
export function requireColumns(
  { columns }: FileContent,
  names: readonly string[],
  path: string,
): void {
  const unknown = names.find((name) => !columns.includes(name));
  if (unknown !== undefined) {
    throw new TableError("ERR_TABLE_COLUMN", `${path} has no column '${unknown}'`);
  }
}

/** Builds the index of a column when it is first asked for. */
function lookup(
  columns: readonly string[],
  records: readonly (readonly Cell[])[],
): FileContent["positions"] {
  const indexes = new Map<string, Map<string | null, number[]>>();
  return (column, value) => {
    let index = indexes.get(column);
    if (!index) {
      index = new Map();
      const at = columns.indexOf(column);
      for (const [position, record] of records.entries()) {
        const cell = keyOf(record[at] ?? null);
        const known = index.get(cell);
        if (known) known.push(position);
        else index.set(cell, [position]);
      }
      indexes.set(column, index);
    }
    return index.get(keyOf(value)) ?? [];
  };
}

/** A number is found by its text too, as names come from forms. */
function keyOf(cell: Cell): string | null {
  return cell === null ? null : String(cell);
}
