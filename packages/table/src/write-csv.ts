// Writes a whole CSV file the way it was written before.

import type { FileHandle } from "node:fs/promises";
import { stringify } from "csv-stringify/sync";
import type { CsvContent } from "./csv-content.ts";
import { tooLarge } from "./watched-file.ts";

/**
 * @param maxBytes More would make a file that can't be read any more: a flood of sign-ups would
 * lock everybody out.
 * @throws {TableError} `ERR_TABLE_TOO_LARGE`.
 */
export async function writeCsv(
  file: FileHandle,
  { columns, records, bom, newline }: CsvContent,
  { delimiter, maxBytes, path }: { delimiter: string; maxBytes: number; path: string },
): Promise<void> {
  // A file of one column would otherwise write an empty value as an empty line, which is no record.
  const format = { delimiter, record_delimiter: newline, quoted_empty: columns.length === 1 };
  let size = 0;
  const write = async (text: string): Promise<void> => {
    size += Buffer.byteLength(text);
    if (size > maxBytes) throw tooLarge(path, maxBytes);
    await file.appendFile(text); // unlike write, never only a part
  };
  await write((bom ? "\uFEFF" : "") + stringify([[...columns]], format));
  for (let at = 0; at < records.length; at += 1_000) {
    const part = records.slice(at, at + 1_000).map((record) => [...record]);
    await write(stringify(part, format));
  }
}
