// Asks MySQL or MariaDB whether a column is kept unique, since its inserts can't demand it.

import type { QueryExecutorProvider } from "kysely";
import { sqlError } from "./sql-error.ts";
import { TableError } from "./table-error.ts";

/**
 * Returns a check of one column, which asks the database until it has said yes once.
 *
 * @throws {TableError} `ERR_TABLE_NOT_UNIQUE`.
 */
export function mysqlUniqueCheck(
  db: QueryExecutorProvider,
  table: string,
): (column: string) => Promise<void> {
  const known = new Set<string>();
  return async (column) => {
    if (known.has(column)) return;
    const { sql } = await import("kysely");
    try {
      // First of all, whether both are there.
      await sql`select ${sql.id(column)} from ${sql.table(table)} limit 0`.execute(db);
      // Compiled, because plug-ins of the instance may give the names another form.
      const [schema, name] = namesIn(sql.table(table).compile(db).sql);
      const [, columnName] = namesIn(sql.id(column).compile(db).sql);
      const { rows } = await sql<{ n: unknown }>`
        select count(*) as n from information_schema.statistics s
        where s.table_schema = ${schema === null ? sql`database()` : schema}
          and s.table_name = ${name} and s.column_name = ${columnName} and s.non_unique = 0
          and not exists (select 1 from information_schema.statistics o
            where o.table_schema = s.table_schema and o.table_name = s.table_name
              and o.index_name = s.index_name and o.seq_in_index > 1)`.execute(db);
      if (Number(rows[0]?.n) === 0) {
        const message = `${table}: column '${column}' has no unique index of its own`;
        throw new TableError("ERR_TABLE_NOT_UNIQUE", message);
      }
    } catch (error) {
      throw sqlError(error, table);
    }
    known.add(column);
  };
}

/** The names in `` `name` `` or `` `schema`.`name` ``. */
function namesIn(quoted: string): [schema: string | null, name: string] {
  const names = [...quoted.matchAll(/`((?:[^`]|``)+)`/g)].map(([, name = ""]) =>
    name.replaceAll("``", "`"),
  );
  return [names.length > 1 ? (names[0] ?? null) : null, names.at(-1) ?? ""];
}
