// A table in a sheet of an XLSX file, read-only.

import { fileReads } from "./file-reads.ts";
import type { Table } from "./table.ts";
import { TableError } from "./table-error.ts";
import { requireBytes, watchedFile } from "./watched-file.ts";
import { parseXlsx } from "./xlsx-content.ts";

export interface XlsxTableOptions {
  /** The sheet's name, or its place counted from 1. Default 1. */
  sheet?: string | number;
  /** A larger file is not read, in bytes. Default 16 MiB. */
  maxBytes?: number;
  /** A file that would be larger unpacked is not read, in bytes. Default 32 MiB. */
  maxInflatedBytes?: number;
}

/**
 * Rows of a sheet whose first line names the columns. The file is read again when it has changed.
 *
 * Read-only: every write rejects with `ERR_TABLE_READ_ONLY`. Numbers and booleans stay what they
 * are, dates become ISO 8601 text, and an empty cell is `null`.
 *
 * @param path The file; it must exist when it is first asked for.
 * @throws {TypeError} When `path` is empty or an option is wrong.
 * @example
 * const users = xlsxTable("people.xlsx", { sheet: "Users" });
 * const [alpha] = await users.find("user", "alpha");
 */
export function xlsxTable(path: string, options: XlsxTableOptions = {}): Table {
  const { sheet = 1, maxBytes = 16 * 1024 ** 2, maxInflatedBytes = 32 * 1024 ** 2 } = options;
  if (typeof path !== "string" || path === "") throw new TypeError("path must name an XLSX file");
  const isSheet = typeof sheet === "string" ? sheet !== "" : Number.isInteger(sheet) && sheet > 0;
  if (!isSheet) throw new TypeError("sheet must be a name, or a place counted from 1");
  requireBytes(maxBytes, "maxBytes");
  requireBytes(maxInflatedBytes, "maxInflatedBytes");
  const limits = { maxInflatedBytes };
  const read = watchedFile(path, { maxBytes }, (bytes) => parseXlsx(bytes, sheet, limits, path));

  async function refuse(): Promise<never> {
    throw new TableError("ERR_TABLE_READ_ONLY", `${path}: a table in an XLSX file is read-only`);
  }

  return {
    ...fileReads(read, path),
    insert: refuse,
    insertIfAbsent: refuse,
    update: refuse,
    delete: refuse,
  };
}
