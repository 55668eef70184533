// Whether a name and a password belong together: the same work for all who don't, whoever it is.

import { type LoginRequest, readPasswordField } from "@latchkey/auth-core";
import type { Row } from "@latchkey/table";
import type { DbSettings } from "./db-login-options.ts";
import { onlyOne } from "./db-user.ts";

export interface CheckedRow {
  row: Row;
  /** The hash that matched. */
  stored: string;
  outdated: boolean;
}

/**
 * Unknown and disabled users cost the same work as a wrong password, whatever scheme its hash is of.
 *
 * @returns `null` unless the user may log in with this password.
 * @throws {HashError} `ERR_HASH_BUSY`
 */
export async function checkPassword(
  settings: DbSettings,
  user: string,
  password: string,
): Promise<CheckedRow | null> {
  const { table, columns } = settings;
  const row = onlyOne(await table.find(columns.user, user, 2));
  const stored = row && storedHash(row, columns.password);
  const { ok, outdated } = await settings.verify(password, stored);
  if (ok && row && stored && (await settings.isActive(row))) return { row, stored, outdated };
  await settings.levelOut(password, stored);
  return null;
}

/** Whether this is the hash of a user who may log in, as the table is now. */
export async function isStored(
  { table, columns, isActive }: DbSettings,
  user: string,
  hash: string,
): Promise<boolean> {
  const row = onlyOne(await table.find(columns.user, user, 2));
  return row !== null && storedHash(row, columns.password) === hash && (await isActive(row));
}

/** A name with NUL can't be in a database, and PostgreSQL fails on it. */
export function readUser(request: LoginRequest, field: string): string | null {
  const user = readPasswordField(request.fields, field);
  return user?.includes("\0") ? null : user;
}

function storedHash(row: Row, column: string): string | null {
  if (!Object.hasOwn(row, column)) {
    throw new TypeError(`password.column: the table has no column '${column}'`);
  }
  const stored = row[column];
  return typeof stored === "string" && stored !== "" ? stored : null;
}
