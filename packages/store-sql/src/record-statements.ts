// The SQL of the store. Each operation is one statement that checks and writes at once, so the
// database decides races; nothing is read first and written later.
import { type QueryExecutorProvider, type RawBuilder, sql } from "kysely";
import { mysqlStatements } from "./mysql-statements.ts";
import { expiryOfRow } from "./parse-row.ts";
import type { SqlFamily } from "./sql-family.ts";
import { placeholder as $, prepare, type Statement } from "./statement.ts";

export interface RecordStatements {
  /** id, owner, data, created, seen, expires, version, now */
  readonly create: Statement;
  /** id, now */
  readonly get: Statement;
  /** owner, data, seen, expires, version, id, version before, now */
  readonly replace: Statement;
  /** seen, seen, expires, expires, id, now */
  readonly touch: Statement;
  /** id, now */
  readonly delete: Statement;
  /** owner, now, limit */
  readonly listByOwner: Statement;
  /** owner, now */
  readonly deleteByOwner: Statement;
  /** owner, now, id to keep */
  readonly deleteByOwnerExcept: Statement;
  /** now, limit, now */
  readonly deleteExpired: Statement;
}

const columns: RawBuilder<unknown> = sql`id, owner, data, created_at, seen_at, expires_at, version`;

export function recordStatements(
  db: QueryExecutorProvider,
  tableName: string,
  family: SqlFamily,
): RecordStatements {
  const table = sql.table(tableName);
  const statement = (query: RawBuilder<unknown>): Statement => prepare(db, family, query);
  // Purges of several processes pass each other instead of waiting, or deadlocking.
  const skipLocked = family === "postgres" ? sql`for update skip locked` : sql``;
  const common: RecordStatements = {
    // Over an expired record; a live one fails the `where`, and no row is affected.
    create: statement(
      sql`insert into ${table} as stored (${columns})
        values (${$}, ${$}, ${$}, ${$}, ${$}, ${$}, ${$})
        on conflict (id) do update set owner = excluded.owner, data = excluded.data,
          created_at = excluded.created_at, seen_at = excluded.seen_at,
          expires_at = excluded.expires_at, version = excluded.version
        where stored.expires_at <= ${$}`,
    ),
    get: statement(sql`select ${columns} from ${table} where id = ${$} and expires_at > ${$}`),
    replace: statement(
      sql`update ${table}
        set owner = ${$}, data = ${$}, seen_at = ${$}, expires_at = ${$}, version = ${$}
        where id = ${$} and version = ${$} and expires_at > ${$}`,
    ),
    touch: statement(
      sql`update ${table}
        set seen_at = case when seen_at < ${$} then ${$} else seen_at end,
          expires_at = case when expires_at < ${$} then ${$} else expires_at end
        where id = ${$} and expires_at > ${$}`,
    ),
    delete: removal(statement(sql`delete from ${table} where id = ${$} returning expires_at`)),
    listByOwner: statement(
      sql`select ${columns} from ${table} where owner = ${$} and expires_at > ${$}
        order by seen_at desc limit ${$}`,
    ),
    deleteByOwner: removal(
      statement(sql`delete from ${table} where owner = ${$} returning expires_at`),
    ),
    deleteByOwnerExcept: removal(
      statement(sql`delete from ${table} where owner = ${$} and id <> ${$} returning expires_at`),
    ),
    // The outer condition again: a found row may be created anew before it is deleted.
    deleteExpired: statement(
      sql`delete from ${table} where id in (
          select id from ${table} where expires_at <= ${$} limit ${$} ${skipLocked}
        ) and expires_at <= ${$}`,
    ),
  };
  return family === "mysql" ? mysqlStatements(db, tableName, common) : common;
}

/**
 * Removes expired records too, but counts the live ones. An expired record that stayed could come
 * back after a logout: by a touch of a moment before, which the network or a lock has held up.
 *
 * @param run Parameters without `now`, which comes second.
 */
function removal(run: Statement): Statement {
  return async (key, now, ...others) => {
    const { rows } = await run(key, ...others);
    const live = rows.filter((row) => expiryOfRow(row) > Number(now));
    return { rows: [], numAffectedRows: BigInt(live.length) };
  };
}

/** A page of live records under a prefix, by id: after `cursor`, or from the prefix itself on. */
export function scanQuery(
  tableName: string,
  page: { prefix: string; end: string | null; cursor: string | null; now: number; limit: number },
): RawBuilder<unknown> {
  const { prefix, end, cursor, now, limit } = page;
  const from = cursor === null ? sql`id >= ${prefix}` : sql`id > ${cursor}`;
  const to = end === null ? sql`` : sql`and id < ${end}`;
  return sql`select ${columns} from ${sql.table(tableName)}
    where ${from} ${to} and expires_at > ${now} order by id limit ${limit}`;
}
