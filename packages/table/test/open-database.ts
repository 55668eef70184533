// Opens an SQL database by its url, or by `sqlite:` and a path.
import BetterSqlite3 from "better-sqlite3";
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from "kysely";
import mysql from "mysql2";
import pg from "pg";

export function openDatabase(target: string): Kysely<unknown> {
  if (target.startsWith("postgres:")) {
    const pool = new pg.Pool({ connectionString: target, max: 5 });
    // `end` doesn't wait for its connections' ends, and the server may stop sooner.
    pool.on("error", () => {});
    return new Kysely({ dialect: new PostgresDialect({ pool }) });
  }
  if (target.startsWith("mysql:")) {
    const pool = mysql.createPool({ uri: target, connectionLimit: 5 });
    return new Kysely({ dialect: new MysqlDialect({ pool }) });
  }
  const database = new BetterSqlite3(target.slice("sqlite:".length));
  database.pragma("journal_mode = wal");
  return new Kysely({ dialect: new SqliteDialect({ database }) });
}
