// What MySQL and MariaDB say otherwise: no `on conflict`, no `returning`, no `limit` in a subquery,
// and counts of rows that depend on the connection.
import { setTimeout as sleep } from "node:timers/promises";
import { type QueryExecutorProvider, type RawBuilder, sql } from "kysely";
import type { RecordStatements } from "./record-statements.ts";
import { placeholder as $, affectedRows, prepare, type Statement } from "./statement.ts";

/** Of a `create` whose record comes and goes. */
const MAX_ATTEMPTS = 30;

/** Bytes that `id` and `owner` have room for. */
export const MAX_KEY_BYTES = 1_024;

export function mysqlStatements(
  db: QueryExecutorProvider,
  tableName: string,
  common: RecordStatements,
): RecordStatements {
  const table = sql.table(tableName);
  const insert = prepare(
    db,
    "mysql",
    sql`insert into ${table} (id, owner, data, created_at, seen_at, expires_at, version)
      values (${$}, ${$}, ${$}, ${$}, ${$}, ${$}, ${$})`,
  );
  const revive = prepare(
    db,
    "mysql",
    sql`update ${table} set owner = ${$}, data = ${$}, created_at = ${$}, seen_at = ${$},
      expires_at = ${$}, version = ${$} where id = ${$} and expires_at <= ${$}`,
  );
  const purge = prepare(
    db,
    "mysql",
    sql`delete from ${table} where expires_at <= ${$} order by expires_at limit ${$}`,
  );

  /** One statement for a new id. `on duplicate key update` doesn't tell which of the two it did. */
  const create: Statement = async (...parameters) => {
    const [id, owner, data, createdAt, seenAt, expiresAt, version, now] = parameters;
    expectRoom(id, owner);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      try {
        return await insert(id, owner, data, createdAt, seenAt, expiresAt, version);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const live = await common.get(id, now);
      if (live.rows.length > 0) return { rows: [], numAffectedRows: 0n };
      const over = [owner, data, createdAt, seenAt, expiresAt, version];
      const revived = await revive(...over, id, now);
      if (affectedRows(revived) > 0) return revived;
      // It was removed, or made anew, in between.
      await sleep(Math.random() * attempt);
    }
    throw new Error("a record of this id came and went all the time");
  };

  const replace: Statement = async (...parameters) => {
    expectRoom("", parameters[0]);
    return common.replace(...parameters);
  };

  /** With the flag `-FOUND_ROWS`, a touch that raises nothing counts no row: look again. */
  const touch: Statement = async (...parameters) => {
    const touched = await common.touch(...parameters);
    if (affectedRows(touched) > 0) return touched;
    const { rows } = await common.get(...parameters.slice(-2));
    return { rows: [], numAffectedRows: BigInt(rows.length) };
  };

  const remove = (condition: RawBuilder<unknown>): Statement =>
    prepare(db, "mysql", sql`delete from ${table} where ${condition}`);
  const removeLive = remove(sql`id = ${$} and expires_at > ${$}`);
  const removeOld = remove(sql`id = ${$} and expires_at <= ${$}`);
  /** Expired ones as well, see `recordStatements`. */
  const removeOne: Statement = async (...parameters) => {
    const live = await removeLive(...parameters);
    if (affectedRows(live) > 0) return live;
    const old = await removeOld(...parameters);
    if (affectedRows(old) > 0) return { rows: [], numAffectedRows: 0n };
    return removeLive(...parameters); // a touch that came late may have extended it in between
  };
  /** What is live by `now` stays so: once the others are gone, the count is exact. */
  const removeMany = (old: Statement, live: Statement): Statement => {
    return async (...parameters) => {
      await old(...parameters);
      return live(...parameters);
    };
  };

  return {
    ...common,
    create,
    replace,
    touch,
    delete: removeOne,
    deleteByOwner: removeMany(
      remove(sql`owner = ${$} and expires_at <= ${$}`),
      remove(sql`owner = ${$} and expires_at > ${$}`),
    ),
    deleteByOwnerExcept: removeMany(
      remove(sql`owner = ${$} and expires_at <= ${$} and id <> ${$}`),
      remove(sql`owner = ${$} and expires_at > ${$} and id <> ${$}`),
    ),
    deleteExpired: (now, limit) => purge(now, limit),
  };
}

/** A server without strict mode would cut it off, and two ids would become one. */
function expectRoom(id: unknown, owner: unknown): void {
  for (const text of [id, owner]) {
    if (typeof text === "string" && Buffer.byteLength(text) > MAX_KEY_BYTES) {
      throw new RangeError(`id and owner have room for ${MAX_KEY_BYTES} bytes`);
    }
  }
}

/** ER_DUP_ENTRY. https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
function isDuplicateKey(error: unknown): boolean {
  return error instanceof Error && "errno" in error && error.errno === 1062;
}
