// The Store over a Kysely instance of the user's.
import {
  boundedStore,
  type Duration,
  durationMs,
  type Store,
  type StoredRecord,
  StoreError,
} from "@latchkey/session-core";
import { type Kysely, type QueryExecutorProvider, sql } from "kysely";
import { type BusyRetry, busyRetry } from "./busy-retry.ts";
import { migrateTable } from "./migrate-table.ts";
import { parseRow } from "./parse-row.ts";
import { prefixEnd } from "./prefix-end.ts";
import { purgeExpired } from "./purge-expired.ts";
import { recordStatements, scanQuery } from "./record-statements.ts";
import { sqlFamilyOf } from "./sql-family.ts";
import { affectedRows, runOnce } from "./statement.ts";

export interface SqlStoreOptions {
  /** `name` or `schema.name`, letters, digits and `_`. Default `'latchkey_records'`. */
  readonly table?: string;
  /**
   * How long a call may wait for a database server, or for the lock of an SQLite file. Of a server,
   * ten times as long for `scan` and `deleteExpired`, without limit for `migrate`. Default `'400ms'`.
   */
  readonly timeout?: Duration;
  /** The clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

export interface SqlStore extends Store {
  /**
   * Makes the table, or brings it up to date. Happens by itself before the first query; call it at
   * start-up to fail early, and so that no first visitor waits for it. Safe in several processes
   * at once.
   *
   * @throws {StoreError} `ERR_STORE_UNAVAILABLE`; the next call tries again.
   */
  migrate(): Promise<void>;
}

/**
 * Keeps records in a table of your database. Plug-ins of `db` don't apply to it.
 *
 * @param db Any Kysely instance that speaks SQLite, PostgreSQL, MySQL or MariaDB, outside of a
 * transaction; closing it stays with you.
 * @returns A store whose methods reject with `StoreError` `ERR_STORE_UNAVAILABLE`, the driver's
 * error as `cause`, when the database fails.
 * @throws {TypeError} That names the option, for a wrong one and for a dialect that is not spoken.
 *
 * @example
 * ```ts
 * import { sqlStore } from "@latchkey/store-sql";
 * import { nodeSqliteDialect } from "@latchkey/store-sql/node-sqlite";
 * import { Kysely } from "kysely";
 *
 * const db = new Kysely<unknown>({ dialect: nodeSqliteDialect("sessions.db") });
 * const store = sqlStore(db);
 * ```
 */
export function sqlStore<DB>(db: Kysely<DB>, options: SqlStoreOptions = {}): SqlStore {
  const { table = "latchkey_records", timeout = "400ms", now = Date.now } = options;
  const timeoutMs = durationMs(timeout, "timeout");
  if (!/^([a-z_]\w{0,49}\.)?[a-z_]\w{0,49}$/i.test(table)) {
    throw new TypeError("table must be a name of letters, digits and _, at most 50 characters");
  }
  // A failed statement fails its transaction, and nothing here is to be undone with other work.
  if (db.isTransaction) throw new TypeError("db must not be a transaction");
  const plain = db.withoutPlugins();
  const family = sqlFamilyOf(plain);
  const statements = recordStatements(plain, table, family);
  // Drivers of SQLite either fail at once or hold up the whole process until the lock is free.
  const retry: BusyRetry =
    family === "sqlite" ? busyRetry(timeoutMs, () => dataVersion(plain)) : (work) => work();
  let migrated = false;
  let migration: Promise<void> | null = null;

  async function migrateOnce(): Promise<void> {
    migration ??= migrateTable(plain, table, family);
    try {
      await migration;
      migrated = true;
    } finally {
      migration = null;
    }
  }

  async function run<T>(what: string, query: () => Promise<T>): Promise<T> {
    try {
      if (!migrated) await migrateOnce();
      return await retry(query);
    } catch (cause) {
      const message = `the SQL store could not do its work: ${what}`;
      throw new StoreError("ERR_STORE_UNAVAILABLE", message, { cause });
    }
  }

  const store: Store = {
    create: (record) =>
      run("create", async () => {
        const { id, owner, data, createdAt, seenAt, expiresAt, version } = record;
        const values = [id, owner, data, createdAt, seenAt, expiresAt, version];
        return affectedRows(await statements.create(...values, now())) === 1;
      }),

    get: (id) =>
      run("get", async () => {
        const { rows } = await statements.get(id, now());
        return rows.length === 0 ? null : parseRow(rows[0]);
      }),

    replace: (next) =>
      run("replace", async () => {
        const { id, owner, data, seenAt, expiresAt, version } = next;
        const values = [owner, data, seenAt, expiresAt, version];
        return affectedRows(await statements.replace(...values, id, version - 1, now())) === 1;
      }),

    touch: (id, seenAt, expiresAt) =>
      run("touch", async () => {
        const raised = [seenAt, seenAt, expiresAt, expiresAt];
        return affectedRows(await statements.touch(...raised, id, now())) === 1;
      }),

    delete: (id) =>
      run("delete", async () => affectedRows(await statements.delete(id, now())) === 1),

    listByOwner: (owner, limit) =>
      run("listByOwner", async () => {
        const { rows } = await statements.listByOwner(owner, now(), limit);
        return rows.map(parseRow);
      }),

    scan: (prefix, cursor, limit) =>
      run("scan", async () => {
        const page = { prefix, end: prefixEnd(prefix), cursor, now: now(), limit };
        const { rows } = await runOnce(plain, family, scanQuery(table, page));
        const records: StoredRecord[] = rows.map(parseRow);
        const last = rows.length < limit ? undefined : records.at(-1);
        return { records, cursor: last?.id ?? null };
      }),

    deleteByOwner: (owner, exceptId) =>
      run("deleteByOwner", async () => {
        if (exceptId === undefined)
          return affectedRows(await statements.deleteByOwner(owner, now()));
        return affectedRows(await statements.deleteByOwnerExcept(owner, now(), exceptId));
      }),

    deleteExpired: (limit) =>
      purgeExpired({
        db: plain,
        family,
        deleteExpired: statements.deleteExpired,
        run: (step) => run("deleteExpired", step),
        time: now(),
        limit,
      }),
  };
  const migrate = (): Promise<void> => run("migrate", async () => {});
  // SQLite is in this process: it answers, or fails, by itself.
  return { ...(family === "sqlite" ? store : boundedStore(store, { timeout })), migrate };
}

async function dataVersion(db: QueryExecutorProvider): Promise<unknown> {
  const { rows } = await sql<{ data_version: unknown }>`pragma data_version`.execute(db);
  return rows[0]?.data_version;
}
