// Makes the table and brings it up to date. Every step can be repeated and run by several processes
// at once: there is no lock that a dying process could leave behind.
import { type QueryExecutorProvider, type RawBuilder, sql } from "kysely";
import { type BusyRetry, busyRetry } from "./busy-retry.ts";
import { MAX_KEY_BYTES } from "./mysql-statements.ts";
import { wholeNumber } from "./parse-row.ts";
import type { SqlFamily } from "./sql-family.ts";

/** Longer than a request waits: at a start, another process may be busy with the same. Twice. */
const LOCK_WAIT_MS = 2_500;

type Step = (table: string, family: SqlFamily) => RawBuilder<unknown>[];

/** Layouts of the table, oldest first; a release adds steps and never changes one. */
const steps: readonly Step[] = [createRecords];

/**
 * Runs the steps that this database has not seen. One statement if there are none. A newer layout
 * than we know is fine: steps only ever add, so that old and new releases can run side by side.
 */
export async function migrateTable(
  db: QueryExecutorProvider,
  table: string,
  family: SqlFamily,
): Promise<void> {
  const unlocked: BusyRetry = family === "sqlite" ? busyRetry(LOCK_WAIT_MS) : (work) => work();
  const done = await layoutVersion(db, table, unlocked);
  if (done >= steps.length) return;
  const statements = [
    ...steps.slice(done).flatMap((step) => step(table, family)),
    ...rememberVersion(table, family, steps.length),
  ];
  for (const statement of statements) await twice(() => unlocked(() => statement.execute(db)));
}

function createRecords(table: string, family: SqlFamily): RawBuilder<unknown>[] {
  if (family === "mysql") return [createMysqlRecords(table)];
  // Byte order, for `scan`, and no matching of letters that only look alike.
  const text = family === "postgres" ? sql`text collate "C"` : sql`text`;
  return [
    sql`create table if not exists ${sql.table(table)} (
      id ${text} not null primary key, owner ${text}, data text not null,
      created_at bigint not null, seen_at bigint not null, expires_at bigint not null,
      version bigint not null)`,
    createIndex(table, "owner", family),
    createIndex(table, "expires_at", family),
  ];
}

/**
 * Keys are bytes: every collation of text that MySQL and MariaDB share takes `a` and `a ` for the
 * same. MySQL has no `create index if not exists`, so that the indexes come with the table.
 */
function createMysqlRecords(table: string): RawBuilder<unknown> {
  const key = sql.raw(`varbinary(${MAX_KEY_BYTES})`);
  return sql`create table if not exists ${sql.table(table)} (
    id ${key} not null primary key, owner ${key},
    data longtext character set utf8mb4 collate utf8mb4_bin not null,
    created_at bigint not null, seen_at bigint not null, expires_at bigint not null,
    version bigint not null, index (owner), index (expires_at)) engine = InnoDB`;
}

/** In a schema of its own, PostgreSQL wants the table's name qualified, SQLite the index's. */
function createIndex(table: string, column: string, family: SqlFamily): RawBuilder<unknown> {
  const [, bare = table] = table.split(".");
  const index = family === "sqlite" ? sql.table(`${table}_${column}`) : sql.id(`${bare}_${column}`);
  const on = family === "sqlite" ? sql.id(bare) : sql.table(table);
  return sql`create index if not exists ${index} on ${on} (${sql.id(column)})`;
}

async function layoutVersion(
  db: QueryExecutorProvider,
  table: string,
  unlocked: BusyRetry,
): Promise<number> {
  const query = sql<{ version: unknown }>`select version from ${schemaTable(table)} where id = 1`;
  try {
    const { rows } = await unlocked(() => query.execute(db));
    return rows[0] ? wholeNumber(rows[0].version, "version") : 0;
  } catch {
    return 0; // no such table; if the database itself fails, the first step will say so
  }
}

function rememberVersion(table: string, family: SqlFamily, version: number): RawBuilder<unknown>[] {
  const name = schemaTable(table);
  const create = sql`create table if not exists ${name} (
    id integer not null primary key, version integer not null)`;
  const write =
    family === "mysql"
      ? sql`insert into ${name} (id, version) values (1, ${version})
          on duplicate key update version = greatest(version, ${version})`
      : sql`insert into ${name} as stored (id, version) values (1, ${version})
          on conflict (id) do update set version = excluded.version
          where stored.version < excluded.version`;
  return [create, write];
}

function schemaTable(table: string): RawBuilder<unknown> {
  return sql.table(`${table}_schema`);
}

/**
 * PostgreSQL's `if not exists` fails with a unique violation when another process creates the same
 * thing at that moment; then it is there, and the second try sees it. So does a deadlock.
 */
async function twice(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch {
    await run();
  }
}
