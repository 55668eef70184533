// A table of a SQL database that Kysely speaks to.

import type { QueryExecutorProvider, RawBuilder } from "kysely";
import {
  type Entry,
  isStorable,
  requireAtMost,
  requireCell,
  requireKey,
  requireLimit,
  searchEntries,
  writeEntries,
} from "./cell.ts";
import { collationSpare, exactRows } from "./exact-rows.ts";
import { mysqlUniqueCheck } from "./mysql-unique-check.ts";
import { plainRow } from "./plain-row.ts";
import { sqlError } from "./sql-error.ts";
import { requireName, type SqlTools, sqlFamilyOf, sqlTools } from "./sql-tools.ts";
import { defaultAllLimit, type Table } from "./table.ts";
import { TableError } from "./table-error.ts";

/**
 * Rows of a database table or view, through your own Kysely.
 *
 * @param db Your Kysely instance or transaction for SQLite, PostgreSQL, MySQL or MariaDB.
 * @param table `"table"` or `"schema.table"`.
 * @throws {TypeError} When `table` has any other shape, or `db` speaks something else.
 * @example
 * const users = sqlTable(db, "auth.users");
 * const [alpha] = await users.find("user", "alpha");
 */
export function sqlTable(db: QueryExecutorProvider, table: string): Table {
  if (typeof table !== "string" || !/^[^.\0]+(\.[^.\0]+)?$/.test(table)) {
    throw new TypeError("table must be 'table' or 'schema.table'");
  }
  const family = sqlFamilyOf(db);
  const isUnique = mysqlUniqueCheck(db, table);

  /** Builds and runs one statement; every driver error becomes a TableError. */
  async function run(build: (tools: SqlTools) => RawBuilder<Record<string, unknown>>) {
    const tools = await sqlTools(family, table);
    try {
      return await build(tools).execute(db);
    } catch (error) {
      throw sqlError(error, table);
    }
  }

  async function count(build: (tools: SqlTools) => RawBuilder<Record<string, unknown>>) {
    const { numAffectedRows } = await run(build);
    if (numAffectedRows !== undefined) return Number(numAffectedRows);
    throw new TableError("ERR_TABLE_UNAVAILABLE", `the driver of ${table} counts no changes`);
  }

  const insertion = ({ sql, bind, column }: SqlTools, entries: readonly Entry[]) => {
    const names = sql.join(entries.map(([name]) => column(name)));
    const values = sql.join(entries.map(([, cell]) => sql`${bind(cell)}`));
    return sql<
      Record<string, unknown>
    >`insert into ${sql.table(table)} (${names}) values (${values})`;
  };

  return {
    async find(column, value, limit = 2) {
      requireCell(value, column);
      requireLimit(limit);
      if (!isStorable(value)) return [];
      const { rows } = await run(({ sql, matching }) => {
        const spare = sql.lit(limit + collationSpare);
        return sql`select * from ${sql.table(table)} where ${matching([[column, value]])} limit ${spare}`;
      });
      return exactRows(rows.map(plainRow), column, value, limit);
    },

    async all(limit = defaultAllLimit) {
      requireLimit(limit);
      const { rows } = await run(
        ({ sql }) => sql`select * from ${sql.table(table)} limit ${sql.lit(limit + 1)}`,
      );
      requireAtMost(rows, limit, table);
      return rows.map(plainRow);
    },

    async insert(row) {
      const entries = writeEntries(row, "row");
      await run((tools) => insertion(tools, entries));
    },

    async insertIfAbsent(row, key) {
      const entries = writeEntries(row, "row");
      requireKey(row, key);
      try {
        if (family === "mysql") {
          requireName(key, table);
          await isUnique(key); // MySQL has no way to say which column must decide
          await run((tools) => insertion(tools, entries));
          return true;
        }
        const inserted = await count((tools) => {
          const { sql, column } = tools;
          return sql`${insertion(tools, entries)} on conflict (${column(key)}) do nothing`;
        });
        return inserted === 1;
      } catch (error) {
        if (error instanceof TableError && error.code === "ERR_TABLE_CONFLICT") return false;
        throw error;
      }
    },

    async update(where, changes) {
      const wanted = searchEntries(where, "where");
      const wishes = writeEntries(changes, "changes");
      if (!wanted.every(([, cell]) => isStorable(cell))) return 0;
      return count(({ sql, bind, column, matching }) => {
        const sets = sql.join(wishes.map(([name, cell]) => sql`${column(name)} = ${bind(cell)}`));
        return sql`update ${sql.table(table)} set ${sets} where ${matching(wanted)}`;
      });
    },

    async delete(where) {
      const wanted = searchEntries(where, "where");
      if (!wanted.every(([, cell]) => isStorable(cell))) return 0;
      return count(
        ({ sql, matching }) => sql`delete from ${sql.table(table)} where ${matching(wanted)}`,
      );
    },
  };
}
