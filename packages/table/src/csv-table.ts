// A table in a CSV file: read whole, found by index, written whole.

import type { FileHandle } from "node:fs/promises";
import { stringify } from "csv-stringify/sync";
import { type CsvContent, rowOf } from "./csv-content.ts";
import { csvFile } from "./csv-file.ts";
import { rewriteFile } from "./rewrite-file.ts";
import type { Cell, Row, Table } from "./table.ts";
import { asTableError, TableError } from "./table-error.ts";

export interface CsvTableOptions {
  /** One character between the fields. Default `","`. */
  delimiter?: string;
}

/**
 * Rows of a CSV file in UTF-8 whose first line names the columns. The file is read again when it
 * has changed, and written by renaming a complete new file over it.
 *
 * Everything in a CSV file is text: numbers and booleans are compared and written as text, `null`
 * as the empty text.
 *
 * @param path The file; it must exist when it is first asked for.
 * @throws {TypeError} When `path` is empty or `delimiter` isn't one character.
 * @example
 * const users = csvTable("users.csv");
 * const [alpha] = await users.find("user", "alpha");
 */
export function csvTable(path: string, options: CsvTableOptions = {}): Table {
  const { delimiter = "," } = options;
  if (typeof path !== "string" || path === "") throw new TypeError("path must name a CSV file");
  if (typeof delimiter !== "string" || !/^[^"\r\n]$/u.test(delimiter)) {
    throw new TypeError("delimiter must be one character other than a quote or a line break");
  }
  const read = csvFile(path, delimiter);
  const inTurn = queue();

  /** Reads, changes and writes with nobody in between, in this process or another. */
  async function rewrite(change: (content: CsvContent) => Records | null): Promise<void> {
    try {
      await inTurn(() =>
        rewriteFile(path, patience, async (next) => {
          const content = await read();
          const records = change(content);
          if (records) await writeCsv(next, content, records, delimiter);
          return records !== null;
        }),
      );
    } catch (error) {
      throw asTableError(error, `${path} cannot be written`);
    }
  }

  return {
    async find(column, value, limit = 2) {
      const content = await read();
      requireColumns(content, [column], path);
      const found = content.positions(column, textOf(value)).slice(0, limit);
      return found.map((position) => rowOf(content, position));
    },

    async insert(row) {
      await rewrite((content) => {
        requireColumns(content, Object.keys(row), path);
        const record = content.columns.map((name) =>
          Object.hasOwn(row, name) ? textOf(row[name]) : "",
        );
        return [...content.records, record];
      });
    },

    async update(where, changes) {
      const wanted = texts(where, "where");
      const wishes = texts(changes, "changes");
      let count = 0;
      await rewrite((content) => {
        requireColumns(
          content,
          [...wanted, ...wishes].map(([name]) => name),
          path,
        );
        const positions = matching(content, wanted);
        count = positions.length;
        if (count === 0) return null;
        const records = [...content.records];
        for (const position of positions) records[position] = changed(content, position, wishes);
        return records;
      });
      return count;
    },
  };
}

type Records = readonly (readonly string[])[];

/** A write takes milliseconds; only a crash leaves a lock for seconds. */
const patience = { staleMs: 5_000, giveUpMs: 15_000 };

function textOf(cell: Cell | undefined): string {
  return cell === null || cell === undefined ? "" : String(cell);
}

function texts(row: Row, option: string): [name: string, text: string][] {
  const entries = Object.entries(row).map(([name, cell]): [string, string] => [name, textOf(cell)]);
  if (entries.length === 0) throw new TypeError(`${option} must name at least one column`);
  return entries;
}

function requireColumns(content: CsvContent, names: string[], path: string): void {
  const unknown = names.find((name) => !content.columns.includes(name));
  if (unknown !== undefined) {
    throw new TableError("ERR_TABLE_COLUMN", `${path} has no column '${unknown}'`);
  }
}

function matching(content: CsvContent, wanted: [name: string, text: string][]): number[] {
  const [[name, text] = ["", ""], ...others] = wanted;
  return content
    .positions(name, text)
    .filter((position) =>
      others.every(
        ([other, value]) => content.records[position]?.[content.columns.indexOf(other)] === value,
      ),
    );
}

function changed(
  content: CsvContent,
  position: number,
  wishes: [name: string, text: string][],
): string[] {
  const record = [...(content.records[position] ?? [])];
  for (const [name, text] of wishes) record[content.columns.indexOf(name)] = text;
  return record;
}

async function writeCsv(
  file: FileHandle,
  { columns, bom, newline }: CsvContent,
  records: Records,
  delimiter: string,
): Promise<void> {
  // A file of one column would otherwise write an empty value as an empty line, which is no record.
  const format = { delimiter, record_delimiter: newline, quoted_empty: columns.length === 1 };
  await file.write((bom ? "\uFEFF" : "") + stringify([[...columns]], format));
  for (let at = 0; at < records.length; at += 1_000) {
    await file.write(
      stringify(
        records.slice(at, at + 1_000).map((record) => [...record]),
        format,
      ),
    );
  }
}

/** Runs one task after the other. */
function queue(): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = mine.catch(() => {});
    return mine;
  };
}
