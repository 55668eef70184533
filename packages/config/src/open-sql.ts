// SQL databases: SQLite by its file, PostgreSQL and MySQL by their URL.

import type { Dialect } from "kysely";
import { loaded } from "./load-module.ts";
import type { OpenedStore } from "./open-store.ts";

/** For a new connection, milliseconds. */
const CONNECT_MS = 1_000;

export async function openSqlite(file: string, setting: string): Promise<OpenedStore> {
  const { nodeSqliteDialect } = await loaded(import("@latchkey/store-sql/node-sqlite"), setting);
  return openDialect(() => nodeSqliteDialect(file), setting, file);
}

export async function openPostgres(url: string, setting: string): Promise<OpenedStore> {
  const { PostgresDialect } = await loaded(import("kysely"), setting);
  const { limitPostgresPool } = await loaded(import("@latchkey/store-sql"), setting);
  const { Pool } = (await loaded(import("pg"), setting)).default;
  const dialect = (): Dialect => {
    const pool = new Pool({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
    return new PostgresDialect({ pool: limitPostgresPool(pool) });
  };
  return openDialect(dialect, setting, "the PostgreSQL database");
}

export async function openMysql(url: string, setting: string): Promise<OpenedStore> {
  const { MysqlDialect } = await loaded(import("kysely"), setting);
  const { limitMysqlPool } = await loaded(import("@latchkey/store-sql"), setting);
  const { createPool } = await loaded(import("mysql2"), setting);
  const dialect = (): Dialect => {
    const pool = createPool({ uri: url, connectTimeout: CONNECT_MS });
    return new MysqlDialect({ pool: limitMysqlPool(pool) });
  };
  return openDialect(dialect, setting, "the MySQL database");
}

/** @param make May throw, e.g. because the URL has an option that the driver refuses. */
async function openDialect(
  make: () => Dialect,
  setting: string,
  what: string,
): Promise<OpenedStore> {
  const { Kysely } = await loaded(import("kysely"), setting);
  const { sqlStore } = await loaded(import("@latchkey/store-sql"), setting);
  try {
    const db = new Kysely<unknown>({ dialect: make() });
    const store = sqlStore(db);
    // What can't be opened should stop the start, not a visitor.
    await store.migrate().catch(async (cause: unknown) => {
      await db.destroy();
      throw cause;
    });
    return { store, close: () => db.destroy() };
  } catch (cause) {
    throw new TypeError(`${setting} can't be opened: ${what}`, { cause });
  }
}
