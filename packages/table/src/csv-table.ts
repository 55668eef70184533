// A table in a CSV file: read whole, found by index, written whole.

import { requireKey, searchEntries, writeEntries } from "./cell.ts";
import { type CsvRecords, csvText, withDeleted, withInserted, withUpdated } from "./csv-changes.ts";
import { type CsvContent, parseCsv } from "./csv-content.ts";
import { requireColumns } from "./file-content.ts";
import { fileReads } from "./file-reads.ts";
import { rewriteFile } from "./rewrite-file.ts";
import type { Table } from "./table.ts";
import { asTableError } from "./table-error.ts";
import { requireBytes, watchedFile } from "./watched-file.ts";
import { writeCsv } from "./write-csv.ts";

export interface CsvTableOptions {
  /** One character between the fields. Default `","`. */
  delimiter?: string;
  /** Columns in which no two rows may have the same text; empty ones don't count. Default none. */
  unique?: readonly string[];
  /** A larger file is neither read nor written, in bytes. Default 16 MiB. */
  maxBytes?: number;
}

/**
 * Rows of a CSV file in UTF-8 whose first line names the columns. The file is read again when it
 * has changed, and written by renaming a complete new file over it.
 *
 * Everything in a CSV file is text: numbers and booleans are compared and written as text, `null`
 * as the empty text.
 *
 * @param path The file; it must exist when it is first asked for.
 * @throws {TypeError} When `path` is empty or an option is wrong.
 * @example
 * const users = csvTable("users.csv", { unique: ["email"] });
 * const [alpha] = await users.find("user", "alpha");
 */
export function csvTable(path: string, options: CsvTableOptions = {}): Table {
  const { delimiter = ",", unique = [], maxBytes = 16 * 1024 ** 2 } = options;
  if (typeof path !== "string" || path === "") throw new TypeError("path must name a CSV file");
  if (typeof delimiter !== "string" || !/^[^"\r\n]$/u.test(delimiter)) {
    throw new TypeError("delimiter must be one character other than a quote or a line break");
  }
  if (!Array.isArray(unique) || unique.some((name) => typeof name !== "string" || name === "")) {
    throw new TypeError("unique must be a list of columns");
  }
  requireBytes(maxBytes, "maxBytes");
  const rules = { unique, path };
  const inTurn = queue();
  const read = watchedFile(path, { maxBytes }, async (bytes) => {
    const content = await parseCsv(bytes, delimiter, path);
    requireColumns(content, unique, path);
    return content;
  });

  /** Reads, changes and writes with nobody in between, in this process or another. */
  async function rewrite(change: (content: CsvContent) => CsvRecords | null): Promise<boolean> {
    let changed = false;
    try {
      await inTurn(() =>
        rewriteFile(path, patience, async (next) => {
          const content = await read();
          const records = change(content);
          if (records) await writeCsv(next, { ...content, records }, { delimiter, maxBytes, path });
          changed = records !== null;
          return changed;
        }),
      );
    } catch (error) {
      throw asTableError(error, `${path} cannot be written`);
    }
    return changed;
  }

  return {
    ...fileReads(read, path, csvText),

    async insert(row) {
      const entries = writeEntries(row, "row");
      await rewrite((content) => withInserted(content, entries, null, rules));
    },

    async insertIfAbsent(row, column) {
      const entries = writeEntries(row, "row");
      requireKey(row, column);
      return rewrite((content) => withInserted(content, entries, column, rules));
    },

    async update(where, changes) {
      const wanted = searchEntries(where, "where");
      const wishes = writeEntries(changes, "changes");
      let result = 0;
      await rewrite((content) => {
        const { records, count } = withUpdated(content, wanted, wishes, rules);
        result = count;
        return records;
      });
      return result;
    },

    async delete(where) {
      const wanted = searchEntries(where, "where");
      let result = 0;
      await rewrite((content) => {
        const { records, count } = withDeleted(content, wanted, rules);
        result = count;
        return records;
      });
      return result;
    },
  };
}

/** A write takes milliseconds; only a crash leaves a lock for seconds. */
const patience = { staleMs: 5_000, giveUpMs: 15_000 };

/** Runs one task after the other. */
function queue(): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = mine.catch(() => {});
    return mine;
  };
}
