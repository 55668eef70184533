// Sorts the errors of SQLite, PostgreSQL and MySQL drivers into the codes of TableError.

import { errorCode, TableError, type TableErrorCode } from "./table-error.ts";

/** A driver's error as a {@link TableError}; the driver's own is its `cause`. */
export function sqlError(error: unknown, table: string): TableError {
  if (error instanceof TableError) return error;
  const code = kindOf(error);
  return new TableError(code, `${table}: ${messages[code]}`, { cause: error });
}

type SqlErrorCode = Extract<
  TableErrorCode,
  | "ERR_TABLE_MISSING"
  | "ERR_TABLE_COLUMN"
  | "ERR_TABLE_CONFLICT"
  | "ERR_TABLE_NOT_UNIQUE"
  | "ERR_TABLE_UNAVAILABLE"
>;

const messages: Record<SqlErrorCode, string> = {
  ERR_TABLE_MISSING: "there is no such table",
  ERR_TABLE_COLUMN: "there is no such column",
  ERR_TABLE_CONFLICT: "a unique constraint refused the row",
  ERR_TABLE_NOT_UNIQUE: "the column has no unique constraint of its own",
  ERR_TABLE_UNAVAILABLE: "the database did not answer the query",
};

/** PostgreSQL: appendix A "Error Codes"; MySQL: error names of the server; SQLite: only its texts. */
const codes: Partial<Record<string, SqlErrorCode>> = {
  "42P01": "ERR_TABLE_MISSING",
  "3F000": "ERR_TABLE_MISSING", // no such schema
  "42703": "ERR_TABLE_COLUMN",
  "23505": "ERR_TABLE_CONFLICT",
  "42P10": "ERR_TABLE_NOT_UNIQUE",
  ER_NO_SUCH_TABLE: "ERR_TABLE_MISSING",
  ER_BAD_DB_ERROR: "ERR_TABLE_MISSING",
  ER_BAD_FIELD_ERROR: "ERR_TABLE_COLUMN",
  ER_DUP_ENTRY: "ERR_TABLE_CONFLICT",
};

function kindOf(error: unknown): SqlErrorCode {
  const known = codes[errorCode(error) ?? ""];
  if (known) return known;
  const text = error instanceof Error ? error.message : "";
  if (/no such table/.test(text)) return "ERR_TABLE_MISSING";
  if (/no such column|has no column named/.test(text)) return "ERR_TABLE_COLUMN";
  if (/UNIQUE constraint failed/.test(text)) return "ERR_TABLE_CONFLICT";
  if (/does not match any PRIMARY KEY or UNIQUE/.test(text)) return "ERR_TABLE_NOT_UNIQUE";
  return "ERR_TABLE_UNAVAILABLE";
}
