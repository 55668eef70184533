// What the statements of a table are built with, and which SQL they must be in.

import type { QueryExecutorProvider, RawBuilder } from "kysely";
import type { Entry } from "./cell.ts";
import type { Cell } from "./table.ts";
import { TableError } from "./table-error.ts";

/** `mysql` is MariaDB too. */
export type SqlFamily = "sqlite" | "postgres" | "mysql";

type Sql = typeof import("kysely").sql;

export interface SqlTools {
  sql: Sql;
  /** SQLite's drivers refuse booleans. */
  bind(cell: Cell): Cell;
  /** A quoted name. @throws {TableError} `ERR_TABLE_COLUMN` when no column can be called that. */
  column(name: string): RawBuilder<unknown>;
  /** That every column has its value. */
  matching(entries: readonly Entry[]): RawBuilder<unknown>;
}

/** Asked of the dialect by what it can do, so that dialects of third parties are told apart as well. */
export function sqlFamilyOf(db: QueryExecutorProvider): SqlFamily {
  const { adapter } = db.getExecutor();
  if (adapter.supportsReturning) return adapter.supportsTransactionalDdl ? "postgres" : "sqlite";
  // SQL Server has `output` for `returning`, and neither `limit` nor `on conflict`.
  const speaksMysql = adapter.supportsCreateIfNotExists && !adapter.supportsTransactionalDdl;
  if (speaksMysql && adapter.supportsOutput !== true) return "mysql";
  throw new TypeError("db must speak SQLite, PostgreSQL or MySQL");
}

/** Kysely is an optional peer: loaded only by those who have one to pass. */
export async function sqlTools(family: SqlFamily, table: string): Promise<SqlTools> {
  const { sql } = await import("kysely");
  const bind = (cell: Cell): Cell =>
    family === "sqlite" && typeof cell === "boolean" ? Number(cell) : cell;
  // MySQL takes every text that is no number for 0 when it is compared with a number.
  const sought = (cell: Cell): Cell =>
    family === "mysql" && cell !== null
      ? String(typeof cell === "boolean" ? Number(cell) : cell)
      : bind(cell);
  // With its table: else SQLite may take a column that isn't there for a piece of text, which is
  // then true or false of every row.
  const matches = ([name, cell]: Entry): RawBuilder<unknown> => {
    requireName(name, table);
    const full = sql.id(...table.split("."), name);
    return cell === null ? sql`${full} is null` : sql`${full} = ${sought(cell)}`;
  };
  return {
    sql,
    bind,
    column(name) {
      requireName(name, table);
      return sql.id(name);
    },
    matching: (entries) => sql.join(entries.map(matches), sql` and `),
  };
}

/** SQLite would end the statement at a NUL. */
export function requireName(name: string, table: string): void {
  if (typeof name === "string" && name !== "" && !name.includes("\0")) return;
  throw new TableError("ERR_TABLE_COLUMN", `${table} has no column of that name`);
}
