// The one error that a table rejects with.

/**
 * - `ERR_TABLE_MISSING`: there is no such file or database table.
 * - `ERR_TABLE_MALFORMED`: the file is not what it should be; the message names the line.
 * - `ERR_TABLE_COLUMN`: the table has no such column.
 * - `ERR_TABLE_CONFLICT`: a unique constraint of the database refused the row.
 * - `ERR_TABLE_LOCKED`: another process is writing the file; nothing was changed.
 * - `ERR_TABLE_UNAVAILABLE`: the backend did not do its work; `cause` says why.
 */
export type TableErrorCode =
  | "ERR_TABLE_MISSING"
  | "ERR_TABLE_MALFORMED"
  | "ERR_TABLE_COLUMN"
  | "ERR_TABLE_CONFLICT"
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
export function errorCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
