// What a write makes of the records of a CSV file. `null` where it changes nothing.

import type { Entry } from "./cell.ts";
import type { CsvContent } from "./csv-content.ts";
import { requireColumns } from "./file-content.ts";
import type { Cell } from "./table.ts";
import { TableError } from "./table-error.ts";

export type CsvRecords = readonly (readonly string[])[];

/** Everything in a CSV file is text. */
export function csvText(cell: Cell): string {
  return cell === null ? "" : String(cell);
}

/** The columns whose values must differ, and the file's name for messages. */
export interface CsvRules {
  unique: readonly string[];
  path: string;
}

/**
 * @param key The column that must not have the new value yet; then, and when another unique column
 * has it, the answer is `null`. Without it, the latter is an error.
 */
export function withInserted(
  content: CsvContent,
  entries: readonly Entry[],
  key: string | null,
  rules: CsvRules,
): CsvRecords | null {
  requireColumns(content, key === null ? names(entries) : [...names(entries), key], rules.path);
  const cells = new Map(entries);
  const record = content.columns.map((name) => csvText(cells.get(name) ?? null));
  const unique = key === null ? rules.unique : [key, ...rules.unique];
  const taken = unique.find((name) => {
    const text = csvText(cells.get(name) ?? null);
    return text !== "" && content.positions(name, text).length > 0;
  });
  if (taken === undefined) return [...content.records, record];
  if (key !== null) return null;
  throw conflict(taken, rules);
}

export function withUpdated(
  content: CsvContent,
  where: readonly Entry[],
  changes: readonly Entry[],
  rules: CsvRules,
): { records: CsvRecords | null; count: number } {
  requireColumns(content, [...names(where), ...names(changes)], rules.path);
  const positions = matching(content, where);
  if (positions.length === 0) return { records: null, count: 0 };
  for (const [name, cell] of changes) {
    const text = csvText(cell);
    if (text === "" || !rules.unique.includes(name)) continue;
    const holders = new Set([...content.positions(name, text), ...positions]);
    if (holders.size > 1) throw conflict(name, rules);
  }
  const records = [...content.records];
  for (const position of positions) {
    const record = [...(records[position] ?? [])];
    for (const [name, cell] of changes) record[content.columns.indexOf(name)] = csvText(cell);
    records[position] = record;
  }
  return { records, count: positions.length };
}

export function withDeleted(
  content: CsvContent,
  where: readonly Entry[],
  rules: CsvRules,
): { records: CsvRecords | null; count: number } {
  requireColumns(content, names(where), rules.path);
  const gone = new Set(matching(content, where));
  if (gone.size === 0) return { records: null, count: 0 };
  const records = content.records.filter((_, position) => !gone.has(position));
  return { records, count: gone.size };
}

function matching(content: CsvContent, where: readonly Entry[]): number[] {
  const [[name, cell] = ["", null], ...others] = where;
  return content
    .positions(name, csvText(cell))
    .filter((position) =>
      others.every(
        ([other, value]) =>
          content.records[position]?.[content.columns.indexOf(other)] === csvText(value),
      ),
    );
}

function names(entries: readonly Entry[]): string[] {
  return entries.map(([name]) => name);
}

function conflict(column: string, { path }: CsvRules): TableError {
  return new TableError("ERR_TABLE_CONFLICT", `${path}: column '${column}' has that value already`);
}
