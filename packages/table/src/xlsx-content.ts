// Reads one sheet of an XLSX file, checked before a reader sees it.

import { type FileContent, fileContent } from "./file-content.ts";
import type { Cell } from "./table.ts";
import { TableError } from "./table-error.ts";
import { unzipParts } from "./unzip-parts.ts";
import { requireFewCells } from "./xlsx-size.ts";
import { zipStored } from "./zip-stored.ts";

export interface XlsxLimits {
  /** Of all parts of the file that are read, unpacked. */
  maxInflatedBytes: number;
}

/**
 * @param sheet Its name, or its place counted from 1.
 * @param path Only for messages.
 * @throws {TableError} `ERR_TABLE_MALFORMED`, `ERR_TABLE_TOO_LARGE`, or `ERR_TABLE_MISSING` when
 * there is no such sheet.
 */
export async function parseXlsx(
  bytes: Buffer,
  sheet: string | number,
  { maxInflatedBytes }: XlsxLimits,
  path: string,
): Promise<FileContent> {
  const malformed = (problem: string): TableError =>
    new TableError("ERR_TABLE_MALFORMED", `${path}: ${problem}`);
  const parts = await unzipParts(bytes, maxInflatedBytes, isRead, path);
  for (const part of parts.values()) requireFewCells(part.toString("utf8"), path);
  const rows = await rowsOf(zipStored(parts), sheet, path, malformed);
  const [first, ...rest] = withoutEmpty(rows);
  if (!first) throw malformed("line 1 must name the columns, but the sheet is empty");
  const columns = first.map((cell) => (cell === null ? "" : String(cell)));
  return fileContent(columns, rest, malformed);
}

/** What a sheet's cells are in; pictures, charts and whatever else is in the file stay packed. */
function isRead(name: string): boolean {
  return /^xl\/(?:worksheets\/)?[^/]+\.xml$/.test(name) || name === "xl/_rels/workbook.xml.rels";
}

async function rowsOf(
  archive: Buffer,
  sheet: string | number,
  path: string,
  malformed: (problem: string) => TableError,
): Promise<Cell[][]> {
  const { readSheet } = await import("read-excel-file/universal"); // not for those with CSV files
  try {
    const rows = await readSheet(new Blob([Uint8Array.from(archive)]), sheet, { trim: false });
    return rows.map((row) => row.map(cellOf));
  } catch (error) {
    // Not kept as the cause: it may say what is in a cell.
    if (error instanceof Error && error.name === "SheetNotFoundError") {
      throw new TableError("ERR_TABLE_MISSING", `${path} has no sheet ${JSON.stringify(sheet)}`);
    }
    const place = error instanceof Error ? /row \d+,? col \d+/.exec(error.message)?.[0] : undefined;
    throw malformed(place === undefined ? "the sheet can't be read" : `${place} can't be read`);
  }
}

/** Lines and columns with nothing in them are there for the eye. */
function withoutEmpty(rows: readonly Cell[][]): Cell[][] {
  const lines = rows.filter((row) => row.some((cell) => cell !== null));
  const used = (lines[0] ?? []).map((_, at) => lines.some((row) => row[at] !== null));
  return lines.map((row) => row.filter((_, at) => used[at]));
}

/** Dates become ISO 8601 text, as those of a database. */
function cellOf(value: unknown): Cell {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    default:
      return null;
  }
}
