// Opens databases for tests; those of SQLite are in a folder of their own each.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Duration, durationMs } from "@latchkey/session-core";
import BetterSqlite3 from "better-sqlite3";
import { Kysely, type LogEvent, MysqlDialect, PostgresDialect, SqliteDialect } from "kysely";
import mysql from "mysql2";
import pg from "pg";
import { limitMysqlPool, limitPostgresPool } from "../src/index.ts";
import { nodeSqliteDialect } from "../src/node-sqlite.ts";

export interface TestFile {
  path: string;
  remove(): void;
}

export function testFile(): TestFile {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-sql-"));
  return {
    path: join(folder, "store.db"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function openNodeSqlite(path: string, log?: (event: LogEvent) => void): Kysely<unknown> {
  return new Kysely({ dialect: nodeSqliteDialect(path), ...(log && { log }) });
}

export function openBetterSqlite3(path: string, options?: BetterSqlite3.Options): Kysely<unknown> {
  const database = async () => {
    const opened = new BetterSqlite3(path, options);
    if (!options?.readonly) opened.pragma("journal_mode = wal");
    return opened;
  };
  return new Kysely({ dialect: new SqliteDialect({ database }) });
}

export type OpenServer = (
  url: string,
  options?: { log?: (event: LogEvent) => void; limit?: Duration; flags?: string[] },
) => Kysely<unknown>;

/** More than the default, since the machine that tests may be busy. */
const PATIENT = "15s";

export const openPostgres: OpenServer = (url, { log, limit = PATIENT } = {}) => {
  const connectionTimeoutMillis = durationMs(limit);
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis });
  const dialect = new PostgresDialect({ pool: limitPostgresPool(pool, limit) });
  return new Kysely({ dialect, ...(log && { log }) });
};

export const openMysql: OpenServer = (url, { log, limit = PATIENT, flags = [] } = {}) => {
  const pool = mysql.createPool({ uri: url, connectTimeout: durationMs(limit), flags });
  const dialect = new MysqlDialect({ pool: limitMysqlPool(pool, limit) });
  return new Kysely({ dialect, ...(log && { log }) });
};

/** A file's path, or the url of a server. */
export function openDatabase(target: string): Kysely<unknown> {
  if (target.startsWith("postgres:")) return openPostgres(target);
  if (target.startsWith("mysql:")) return openMysql(target);
  return openNodeSqlite(target);
}
