// SQLite databases for tests, each in a folder of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { Kysely, type LogEvent, SqliteDialect } from "kysely";
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
