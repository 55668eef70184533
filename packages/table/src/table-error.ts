// The one error that a table rejects with.

/**
 * - `ERR_TABLE_MISSING`: there is no such file, sheet or database table.
 * - `ERR_TABLE_MALFORMED`: the file is not what it should be; the message names the line.
 * - `ERR_TABLE_TOO_LARGE`: more bytes, cells or rows than allowed; nothing was read or changed.
 * - `ERR_TABLE_COLUMN`: the table has no such column.
 * - `ERR_TABLE_VALUE`: the text can't be kept: it has a NUL or half a surrogate pair.
 * - `ERR_TABLE_CONFLICT`: a unique column refused the row.
 * - `ERR_TABLE_NOT_UNIQUE`: the database doesn't keep the column unique.
 * - `ERR_TABLE_READ_ONLY`: this kind of table can't be written.
 * - `ERR_TABLE_LOCKED`: another process is writing the file; nothing was changed.
 * - `ERR_TABLE_UNAVAILABLE`: the backend did not do its work; `cause` says why.
 */
export type TableErrorCode =
  | "ERR_TABLE_MISSING"
  | "ERR_TABLE_MALFORMED"
  | "ERR_TABLE_TOO_LARGE"
  | "ERR_TABLE_COLUMN"
  | "ERR_TABLE_VALUE"
  | "ERR_TABLE_CONFLICT"
  | "ERR_TABLE_NOT_UNIQUE"
  | "ERR_TABLE_READ_ONLY"
  | "ERR_TABLE_LOCKED"
  | "ERR_TABLE_UNAVAILABLE";

/** A table could not be read or written. The message never says what is in a row. */
export class TableError extends Error {
  override readonly name = "TableError";
  readonly code: TableErrorCode;
  constructor(code: TableErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The same error if it is one, else `ERR_TABLE_UNAVAILABLE` around it. */
export function asTableError(error: unknown, message: string): TableError {
  if (error instanceof TableError) return error;
  const code = errorCode(error) === "ENOENT" ? "ERR_TABLE_MISSING" : "ERR_TABLE_UNAVAILABLE";
  return new TableError(code, message, { cause: error });
}

/** The `code` of a system or driver error; `null` when it has none. */
export function errorCode(error: unknown): string | number | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" || typeof error.code === "number" ? error.code : null;
}
