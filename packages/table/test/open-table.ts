// Opens a table by one line of text, so that a child process can open the same.
import BetterSqlite3 from "better-sqlite3";
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from "kysely";
import { MongoClient } from "mongodb";
import mysql from "mysql2";
import pg from "pg";
import { csvTable, mongoTable, sqlTable, type Table } from "../src/index.ts";

export interface OpenedTable {
  table: Table;
  close(): Promise<void>;
}

/** @param target A database's url, or `csv:` or `sqlite:` and a path. */
export function openTable(target: string, name: string): OpenedTable {
  if (target.startsWith("csv:")) {
    return { table: csvTable(target.slice(4), { unique: ["email"] }), close: async () => {} };
  }
  if (target.startsWith("mongodb:")) {
    const client = openMongo(target);
    const table = mongoTable(client.db("app").collection(name));
    return { table, close: () => client.close(true) };
  }
  const db = openDatabase(target);
  return { table: sqlTable(db, name), close: () => db.destroy() };
}

export function openDatabase(target: string): Kysely<unknown> {
  if (target.startsWith("postgres:")) {
    const pool = new pg.Pool({ connectionString: target, max: 5 });
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

export function openMongo(target: string): MongoClient {
  return new MongoClient(target, { serverSelectionTimeoutMS: 5_000, family: 4 });
}
