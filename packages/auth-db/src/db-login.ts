// Logging in with users from a table.

import {
  type LoginMethod,
  type LoginRequest,
  type LoginStep,
  passwordView,
  readPasswordField,
} from "@latchkey/auth-core";
import type { Cell, Row } from "@latchkey/table";
import { type DbLoginOptions, type DbSettings, readDbOptions } from "./db-login-options.ts";
import { isBusy } from "./hash-error.ts";

/** A row without its password. */
export interface DbUser {
  /** The value of the user column. */
  id: string;
  [column: string]: Cell;
}

/**
 * Logs in with a user name and a password that are looked up in a table.
 *
 * Hashes of older schemes or lower cost are replaced at the first login, unless somebody changes the
 * password in the meantime. Unknown and disabled users cost the same work as a wrong password and
 * get the same answer.
 *
 * @throws {TypeError} When an option is wrong.
 * @example
 * const login = dbLogin({ table: csvTable("users.csv"), isActive: (row) => row["active"] === "yes" });
 */
export function dbLogin(options: DbLoginOptions): LoginMethod<DbUser> {
  const settings = readDbOptions(options);
  const { table, columns, fields } = settings;

  return {
    name: options.name ?? "db",
    account: (request) => (request.method === "POST" ? readUser(request, fields.user) : null),
    async step(request): Promise<LoginStep<DbUser>> {
      if (request.method === "GET") return { kind: "show", view: passwordView(fields, null) };
      const user = readUser(request, fields.user);
      const password = readPasswordField(request.fields, fields.password);
      const view = passwordView(fields, user);
      if (user === null || password === null) {
        return { kind: "rejected", reason: "bad-request", view };
      }
      const row = onlyOne(await table.find(columns.user, user, 2));
      const stored = row && storedHash(row, columns.password);
      try {
        const { ok, outdated } = await settings.verify(password, stored);
        if (!ok || !row || !stored || !(await settings.isActive(row))) {
          return { kind: "rejected", reason: "invalid-credentials", view };
        }
        if (outdated) await upgrade(settings, row, stored, password);
        return { kind: "accepted", user: userOf(row, settings) };
      } catch (error) {
        if (isBusy(error)) return { kind: "rejected", reason: "busy", view };
        throw error;
      }
    },
  };
}

/** A name with NUL can't be in a database, and PostgreSQL fails on it. */
function readUser(request: LoginRequest, field: string): string | null {
  const user = readPasswordField(request.fields, field);
  return user?.includes("\0") ? null : user;
}

/** Two users of one name are nobody: there is no telling whose password counts. */
function onlyOne(rows: Row[]): Row | null {
  return rows.length === 1 ? (rows[0] ?? null) : null;
}

function storedHash(row: Row, column: string): string | null {
  if (!Object.hasOwn(row, column)) {
    throw new TypeError(`password.column: the table has no column '${column}'`);
  }
  const stored = row[column];
  return typeof stored === "string" && stored !== "" ? stored : null;
}

/** Who else writes this now? Maybe a password change, so only the hash that was checked is replaced. */
async function upgrade(
  { table, columns, hasher, onError }: DbSettings,
  row: Row,
  stored: string,
  password: string,
): Promise<void> {
  try {
    const next = await hasher.hash(password);
    const where = { [columns.user]: row[columns.user] ?? null, [columns.password]: stored };
    await table.update(where, { [columns.password]: next });
  } catch (error) {
    if (!isBusy(error)) onError(error); // when busy, the next login will do it
  }
}

function userOf(row: Row, { columns, hidden }: DbSettings): DbUser {
  const shown = Object.entries(row).filter(([column]) => !hidden.has(column));
  return { ...Object.fromEntries(shown), id: String(row[columns.user]) };
}
