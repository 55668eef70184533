// SQL databases: SQLite by its file, PostgreSQL and MySQL by their URL.

import type { Dialect } from "kysely";
import { loaded } from "./load-module.ts";
import type { OpenedStore } from "./open-store.ts";

/** For a new connection, milliseconds. */
const CONNECT_MS = 1_000;

export async function openSqlite(file: string, setting: string): Promise<OpenedStore> {
  const { nodeSqliteDialect } = await loaded(import("@latchkey/store-sql/node-sqlite"), setting);
  return openDialect(nodeSqliteDialect(file), setting, file);
}

export async function openPostgres(url: string, setting: string): Promise<OpenedStore> {
  const { PostgresDialect } = await loaded(import("kysely"), setting);
  const { limitPostgresPool } = await loaded(import("@latchkey/store-sql"), setting);
  const { Pool } = (await loaded(import("pg"), setting)).default;
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  const dialect = new PostgresDialect({ pool: limitPostgresPool(pool) });
  return openDialect(dialect, setting, "the PostgreSQL database");
}

export async function openMysql(url: string, setting: string): Promise<OpenedStore> {
  const { MysqlDialect } = await loaded(import("kysely"), setting);
  const { limitMysqlPool } = await loaded(import("@latchkey/store-sql"), setting);
  const { createPool } = await loaded(import("mysql2"), setting);
  const pool = limitMysqlPool(createPool({ uri: url, connectTimeout: CONNECT_MS }));
  return openDialect(new MysqlDialect({ pool }), setting, "the MySQL database");
}

async function openDialect(dialect: Dialect, setting: string, what: string): Promise<OpenedStore> {
  const { Kysely } = await loaded(import("kysely"), setting);
  const { sqlStore } = await loaded(import("@latchkey/store-sql"), setting);
  const db = new Kysely<unknown>({ dialect });
  const store = sqlStore(db);
  try {
    await store.migrate(); // What can't be opened should stop the start, not a visitor.
  } catch (cause) {
    await db.destroy();
    throw new TypeError(`${setting} can't be opened: ${what}`, { cause });
  }
  return { store, close: () => db.destroy() };
}
