// The stores whose reads are measured as they fill, and how to fill them fast: through the Store
// itself in memory, past it in databases, where a million inserts one by one would take too long.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store, StoredRecord } from "@latchkey/session-core";
import { openFileStore } from "@latchkey/store-file";
import { memoryStore } from "@latchkey/store-memory";
import { redisStore } from "@latchkey/store-redis";
import { sqlStore } from "@latchkey/store-sql";
import { nodeSqliteDialect } from "@latchkey/store-sql/node-sqlite";
import { Redis } from "ioredis";
import { type Dialect, Kysely, MysqlDialect, PostgresDialect } from "kysely";
import mysql from "mysql2";
import { Pool } from "pg";

export const storeNames = ["memory", "file", "sqlite", "redis", "postgres", "mariadb"] as const;
export type StoreName = (typeof storeNames)[number];

export interface FilledStore {
  store: Store;
  /** Adds records; at most a few thousand at a time. */
  fill(records: readonly StoredRecord[]): Promise<void>;
  close(): Promise<void>;
}

interface Tables {
  latchkey_records: {
    id: string;
    owner: string | null;
    data: string;
    created_at: number;
    seen_at: number;
    expires_at: number;
    version: number;
  };
}

const MAX_RECORDS = 2_000_000;
const ROWS_PER_INSERT = 1_000;

/** @param url Of the server, for those that have one. */
export function openStore(name: StoreName, url: string): Promise<FilledStore> {
  switch (name) {
    case "memory":
      return inMemory();
    case "file":
      return inFile();
    case "sqlite":
      return inSql(nodeSqliteDialect(join(temporaryFolder(), "sessions.db")));
    case "redis":
      return inRedis(url);
    case "postgres":
      return inSql(new PostgresDialect({ pool: new Pool({ connectionString: url }) }));
    case "mariadb":
      return inSql(new MysqlDialect({ pool: mysql.createPool(url) }));
  }
}

async function inMemory(): Promise<FilledStore> {
  const store = memoryStore({ maxRecords: MAX_RECORDS });
  return { store, fill: (records) => createAll(store, records), close: async () => {} };
}

async function inFile(): Promise<FilledStore> {
  const path = join(temporaryFolder(), "sessions.json");
  const store = await openFileStore(path, { maxRecords: MAX_RECORDS, flush: "30s" });
  return {
    store,
    fill: (records) => createAll(store, records),
    close: () => store.close(),
  };
}

async function inSql(dialect: Dialect): Promise<FilledStore> {
  const db = new Kysely<Tables>({ dialect });
  const store = sqlStore(db);
  await store.migrate();
  return {
    store,
    async fill(records) {
      const rows = records.map(({ id, owner, data, createdAt, seenAt, expiresAt, version }) => {
        const times = { created_at: createdAt, seen_at: seenAt, expires_at: expiresAt };
        return { id, owner, data, version, ...times };
      });
      await db.transaction().execute(async (transaction) => {
        for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
          const some = rows.slice(at, at + ROWS_PER_INSERT);
          await transaction.insertInto("latchkey_records").values(some).execute();
        }
      });
    },
    close: () => db.destroy(),
  };
}

/** Copies a first record, made by the store, inside of Redis. Indexes by owner are left out. */
async function inRedis(url: string): Promise<FilledStore> {
  const redis = new Redis(url);
  const store = redisStore(redis, { timeout: "10s" });
  let source: { key: string; id: string } | null = null;
  return {
    store,
    async fill(records) {
      const [first, ...rest] = records;
      if (first === undefined) return;
      if (source === null) {
        await store.create(first);
        source = { key: `latchkey:r:${first.id}`, id: first.id };
      }
      const { key } = source;
      const pipeline = redis.pipeline();
      for (const { id } of source.id === first.id ? rest : records) {
        pipeline.copy(key, `latchkey:r:${id}`);
      }
      await pipeline.exec();
    },
    async close() {
      redis.disconnect();
    },
  };
}

async function createAll(store: Store, records: readonly StoredRecord[]): Promise<void> {
  for (const record of records) await store.create(record);
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
