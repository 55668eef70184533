// Reads a whole CSV file, checked.

import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { CsvError, parse } from "csv-parse";
import { type FileContent, fileContent } from "./file-content.ts";
import { TableError } from "./table-error.ts";

/** A CSV file as read. */
export interface CsvContent extends FileContent {
  readonly records: readonly (readonly string[])[];
  /** How the file was written, so that it is written back alike. */
  readonly bom: boolean;
  readonly newline: "\n" | "\r\n";
}

/**
 * Parses a CSV file a slice at a time, so that a long file doesn't hold up other requests.
 *
 * @param path Only for messages.
 * @throws {TableError} `ERR_TABLE_MALFORMED`, without the text of the line: it may hold a password.
 */
export async function parseCsv(
  bytes: Buffer,
  delimiter: string,
  path: string,
): Promise<CsvContent> {
  const malformed = (problem: string): TableError =>
    new TableError("ERR_TABLE_MALFORMED", `${path}: ${problem}`);
  if (!isUtf8(bytes)) throw malformed("the file is not UTF-8 text");
  const records: string[][] = [];
  try {
    const parser = parse({ delimiter, bom: true, skip_empty_lines: true });
    for await (const record of Readable.from(slices(bytes)).pipe(parser)) records.push(record);
  } catch (error) {
    // Not kept as the cause: csv-parse puts the record into its errors.
    if (!(error instanceof CsvError)) throw error;
    throw malformed(`line ${lineOf(error)} ${problems[error.code] ?? `fails with ${error.code}`}`);
  }
  const columns = records.shift();
  if (!columns) throw malformed("line 1 must name the columns, but the file is empty");
  return {
    ...fileContent(columns, records, malformed),
    records,
    bom: bytes.subarray(0, 3).equals(byteOrderMark),
    newline: bytes.at(bytes.indexOf("\n") - 1) === carriageReturn ? "\r\n" : "\n",
  };
}

const byteOrderMark = Buffer.from("\uFEFF");
const carriageReturn = 0x0d;

const problems: Partial<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: "has more or fewer fields than the first line",
  CSV_RECORD_INCONSISTENT_COLUMNS: "has more or fewer fields than the first line",
  CSV_QUOTE_NOT_CLOSED: "opens a quote that is never closed",
  CSV_INVALID_CLOSING_QUOTE: "has text after a closing quote",
  INVALID_OPENING_QUOTE: "has a quote inside an unquoted field",
};

function lineOf(error: CsvError): string {
  const { lines } = error;
  return typeof lines === "number" ? String(lines) : "?";
}

async function* slices(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 16_384) {
    await setImmediate(); // lets other requests go on
    yield bytes.subarray(at, at + 16_384);
  }
}
