// Kysely on the SQLite that is built into Node.

import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { Kysely, SqliteDialect } from "kysely";

/** @param script SQL that makes and fills the tables. */
export function sqlite(script: string): Kysely<unknown> {
  const database = new DatabaseSync(":memory:");
  database.exec(script);
  return new Kysely({
    dialect: new SqliteDialect({
      database: {
        close: () => database.close(),
        prepare(sql) {
          const statement = database.prepare(sql);
          return {
            reader: statement.columns().length > 0,
            all: (values) => statement.all(...values.map(inputOf)),
            run: (values) => statement.run(...values.map(inputOf)),
            iterate: (values) => statement.iterate(...values.map(inputOf)),
          };
        },
      },
    }),
  });
}

function inputOf(value: unknown): SQLInputValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new TypeError(`${typeof value} is no value for SQLite`);
}
