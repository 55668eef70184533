// A table of any SQL database that Kysely speaks to.

import type { QueryExecutorProvider, RawBuilder } from "kysely";
import { sqlError } from "./sql-error.ts";
import { sqlRow } from "./sql-row.ts";
import type { Cell, Row, Table } from "./table.ts";
import { TableError } from "./table-error.ts";

/**
 * Rows of a database table or view, through your own Kysely.
 *
 * @param db Your Kysely instance or transaction, of any dialect that knows `limit`.
 * @param table `"table"` or `"schema.table"`.
 * @throws {TypeError} When `table` has any other shape.
 * @example
 * const users = sqlTable(db, "auth.users");
 * const [alpha] = await users.find("user", "alpha");
 */
export function sqlTable(db: QueryExecutorProvider, table: string): Table {
  if (typeof table !== "string" || !/^[^.\0]+(\.[^.\0]+)?$/.test(table)) {
    throw new TypeError("table must be 'table' or 'schema.table'");
  }

  /** Builds and runs one statement; every driver error becomes a TableError. */
  async function run(
    build: (tools: SqlTools) => RawBuilder<Record<string, unknown>>,
  ): Promise<{ rows: Record<string, unknown>[]; changed: bigint | undefined }> {
    const tools = await sqlTools(db);
    try {
      const { rows, numAffectedRows } = await build(tools).execute(db);
      return { rows, changed: numAffectedRows };
    } catch (error) {
      throw sqlError(error, table);
    }
  }

  return {
    async find(column, value, limit = 2) {
      const { rows } = await run(({ sql, matches }) => {
        const spare = sql.lit(limit + collationSpare);
        return sql`select * from ${sql.table(table)} where ${matches(column, value)} limit ${spare}`;
      });
      const found = rows.map(sqlRow);
      // SQLite may take an unknown "column" for a piece of text, and then finds every row.
      if (found.some((row) => !Object.hasOwn(row, column))) {
        throw new TableError("ERR_TABLE_COLUMN", `${table} has no column '${column}'`);
      }
      return found.filter((row) => isExactly(row[column], value)).slice(0, limit);
    },

    async insert(row) {
      const entries = filled(row, "row");
      await run(({ sql, bind }) => {
        const names = sql.join(entries.map(([name]) => sql.id(name)));
        const values = sql.join(entries.map(([, cell]) => sql`${bind(cell)}`));
        return sql`insert into ${sql.table(table)} (${names}) values (${values})`;
      });
    },

    async update(where, changes) {
      const wanted = filled(where, "where");
      const wishes = filled(changes, "changes");
      const { changed } = await run(({ sql, bind, matches }) => {
        const sets = sql.join(wishes.map(([name, cell]) => sql`${sql.id(name)} = ${bind(cell)}`));
        const all = sql.join(
          wanted.map(([name, cell]) => matches(name, cell)),
          sql` and `,
        );
        return sql`update ${sql.table(table)} set ${sets} where ${all}`;
      });
      if (changed === undefined) {
        throw new TableError("ERR_TABLE_UNAVAILABLE", `the driver of ${table} counts no changes`);
      }
      return Number(changed);
    },
  };
}

/**
 * Many databases compare text without case, accents or trailing blanks. Login needs the account
 * that was counted for throttling to be the one that is checked, so such rows are left out here;
 * this many of them may come first.
 */
const collationSpare = 50;

function isExactly(stored: Cell | undefined, value: Cell): boolean {
  if (stored === null || value === null) return stored === value;
  if (typeof value === "boolean") return stored === value || stored === Number(value);
  return String(stored) === String(value);
}

function filled(row: Row, option: string): [name: string, cell: Cell][] {
  const entries = Object.entries(row);
  if (entries.length === 0) throw new TypeError(`${option} must name at least one column`);
  return entries;
}

type Sql = typeof import("kysely").sql;

interface SqlTools {
  sql: Sql;
  /** SQLite's drivers refuse booleans. */
  bind(cell: Cell): Cell;
  matches(column: string, cell: Cell): RawBuilder<unknown>;
}

/** Kysely is an optional peer: loaded only by those who have one to pass. */
async function sqlTools(db: QueryExecutorProvider): Promise<SqlTools> {
  const { sql, SqliteAdapter } = await import("kysely");
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const bind = (cell: Cell): Cell => (isSqlite && typeof cell === "boolean" ? Number(cell) : cell);
  return {
    sql,
    bind,
    matches: (column, cell) =>
      cell === null ? sql`${sql.id(column)} is null` : sql`${sql.id(column)} = ${bind(cell)}`,
  };
}
