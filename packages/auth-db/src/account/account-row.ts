// A row as mailed links know it: found again, recognised, and changed only if nobody else did.

import { createHmac } from "node:crypto";
import { mailAddress } from "@latchkey/mail";
import type { Cell, Row } from "@latchkey/table";
import type { DbSettings } from "../db-login-options.ts";
import { onlyOne } from "../db-user.ts";

/** What a link is kept with. */
export interface RowLink {
  user: Cell;
  mark: string;
}

/**
 * Changes with the password and the address, so that older links die with either. The token is its
 * key: the store learns nothing about the hash.
 */
export function linkTo(row: Row, token: string, settings: DbSettings, email: string): RowLink {
  const { columns } = settings;
  const parts = [columns.user, columns.password, email].map((column) => row[column] ?? null);
  const mark = createHmac("sha256", token).update(JSON.stringify(parts)).digest("base64url");
  return { user: row[columns.user] ?? null, mark };
}

/** @returns The row that a link was made for; `null` when it is gone, changed or disabled. */
export async function rowBehind(
  link: Record<string, unknown> | null,
  token: string,
  settings: DbSettings,
  email: string,
): Promise<Row | null> {
  if (link === null || !isCell(link["user"])) return null;
  const row = onlyOne(await settings.table.find(settings.columns.user, link["user"], 2));
  if (row === null || linkTo(row, token, settings, email).mark !== link["mark"]) return null;
  return (await settings.isActive(row)) ? row : null;
}

/** @returns `false` when somebody else changed the row since it was read. */
export async function changeRow(
  row: Row,
  changes: Row,
  { table, columns }: DbSettings,
  email: string,
): Promise<boolean> {
  const names = [columns.user, columns.password, email].filter((name) => Object.hasOwn(row, name));
  const where = Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
  return (await table.update(where, changes)) > 0;
}

/** Where mail to this row goes; `null` when it has no address. */
export function addressOf(row: Row, email: string): string | null {
  return mailAddress(row[email]);
}

function isCell(value: unknown): value is Cell {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
