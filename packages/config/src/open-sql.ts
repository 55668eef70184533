// SQL databases: SQLite by its file, PostgreSQL and MySQL by their URL.

import type { Dialect } from "kysely";
import { loaded } from "./load-module.ts";
import type { OpenedStore } from "./open-store.ts";

/** How long a request waits for a free connection, or for a new one; milliseconds. */
const CONNECT_MS = 400;

export async function openSqlite(file: string, setting: string): Promise<OpenedStore> {
  const { nodeSqliteDialect } = await loaded(import("@latchkey/store-sql/node-sqlite"), setting);
  return openDialect(nodeSqliteDialect(file), setting, file);
}

export async function openPostgres(url: string, setting: string): Promise<OpenedStore> {
  const { PostgresDialect } = await loaded(import("kysely"), setting);
  const { Pool } = (await loaded(import("pg"), setting)).default;
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on("error", () => {});
  return openDialect(new PostgresDialect({ pool }), setting, "the PostgreSQL database");
}

export async function openMysql(url: string, setting: string): Promise<OpenedStore> {
  const { MysqlDialect } = await loaded(import("kysely"), setting);
  const { createPool } = await loaded(import("mysql2"), setting);
  const pool = createPool({ uri: url, connectTimeout: CONNECT_MS });
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
