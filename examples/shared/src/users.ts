// The accounts of an example app: a table in SQLite or a CSV file, filled on the first start.

import { existsSync, writeFileSync } from "node:fs";
import { type AuthEvent, eventLine, type LoginMethod } from "@latchkey/auth-core";
import { createPasswordHasher, dbLogin } from "@latchkey/auth-db";
import { nodeSqliteDialect } from "@latchkey/store-sql/node-sqlite";
import { csvTable, type Row, sqlTable, type Table, TableError } from "@latchkey/table";
import { Kysely, sql } from "kysely";
import { seedUsersFrom } from "./seed-users.ts";

/** Who logs in to an example app. */
export interface AppUser {
  id: string;
  role: string;
}

export interface Users {
  login: LoginMethod<AppUser>;
  /** The user as it is now; `null` once it is deleted or disabled. */
  load(id: string): Promise<AppUser | null>;
  /** Told of every login, logout and failure. */
  heard(event: AuthEvent): void;
  close(): Promise<void>;
}

/**
 * @param url `sqlite:./latchkey.db` or `csv:./users.csv`.
 * @param seed See {@link seedUsersFrom}.
 * @throws {TypeError} That names the setting.
 */
export async function openUsers(url: string, seed: string | null): Promise<Users> {
  const { table, empty, close } = await openTable(url).catch((cause) => {
    throw new TypeError(`USERS can't be opened: ${cause.message}`, { cause });
  });
  if (empty) await fill(table, seed);
  const isActive = (row: Row): boolean => Number(row["disabled"]) !== 1;
  const rows = dbLogin({ table, isActive });
  return {
    login: {
      ...rows,
      async step(request) {
        const step = await rows.step(request);
        return step.kind === "accepted" ? { ...step, user: toUser(step.user) } : step;
      },
    },
    async load(id) {
      const [row] = await table.find("user", id);
      return row !== undefined && isActive(row) ? toUser({ ...row, id }) : null;
    },
    heard: (event) => console.log(eventLine(event)),
    close,
  };
}

interface OpenedTable {
  table: Table;
  empty: boolean;
  close(): Promise<void>;
}

async function openTable(url: string): Promise<OpenedTable> {
  const [, scheme, file] = /^(sqlite|csv):(.+)$/.exec(url) ?? [];
  if (file === undefined) throw new TypeError("USERS must be sqlite: or csv: and a file");
  if (scheme === "csv") {
    const empty = !existsSync(file);
    if (empty) writeFileSync(file, "user,password,role,disabled\n", { mode: 0o600, flag: "wx" });
    return { table: csvTable(file), empty, close: async () => {} };
  }
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(file) });
  await sql`create table if not exists users (user text primary key, password text not null,
    role text not null, disabled integer not null default 0)`.execute(db);
  const { rows } = await sql`select user from users limit 1`.execute(db);
  return { table: sqlTable(db, "users"), empty: rows.length === 0, close: () => db.destroy() };
}

async function fill(table: Table, seed: string | null): Promise<void> {
  const hasher = createPasswordHasher();
  for (const { user, password, role } of seedUsersFrom(seed)) {
    const row = { user, password: await hasher.hash(password), role, disabled: 0 };
    try {
      await table.insert(row);
    } catch (error) {
      // Another process that started at the same moment was first; its password counts.
      if (error instanceof TableError && error.code === "ERR_TABLE_CONFLICT") continue;
      throw error;
    }
    if (seed === null) console.log(`account ${user} (${role}), password ${password}`);
  }
}

function toUser(row: Row & { id: string }): AppUser {
  return { id: row.id, role: String(row["role"] ?? "") };
}
