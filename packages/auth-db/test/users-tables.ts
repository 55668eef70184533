// Users in tables of two kinds, and logins with them.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoginMethod, LoginStep } from "@latchkey/auth-core";
import { csvTable, type Row, sqlTable, type Table } from "@latchkey/table";
import { onTestFinished } from "vitest";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { type DbLogin, type DbLoginOptions, type DbUser, dbLogin } from "../src/index.ts";
import { outdatedAnswers, password } from "./known-answers.ts";
import { sqlite } from "./sqlite.ts";
import { hasher } from "./weak-hasher.ts";

export const current: string = await hasher.hash(password);
export const pbkdf2 = outdatedAnswers["django pbkdf2_sha256"] ?? "";

const users = [
  { user: "alpha", password: current, role: "admin", active: "yes" },
  { user: "beta", password: current, role: "", active: "no" },
  { user: "old", password: pbkdf2, role: "", active: "yes" },
  { user: "oldbeta", password: pbkdf2, role: "", active: "no" },
  { user: "blank", password: "", role: "", active: "yes" },
  { user: "plain", password, role: "", active: "yes" },
  { user: "twin", password: current, role: "", active: "yes" },
  { user: "twin", password: current, role: "", active: "yes" },
] satisfies Row[];

/** In SQLite. */
export async function sqlUsers(): Promise<Table> {
  const table = sqlTable(
    sqlite("create table users (user text, password text, role text, active text)"),
    "users",
  );
  for (const row of users) await table.insert(row);
  await table.insert({ user: "null", password: null, active: "yes" });
  return table;
}

async function csvUsers(): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-auth-db-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "users.csv");
  const lines = users.map((row) => Object.values(row).join(";"));
  await writeFile(path, ["user;password;role;active", ...lines, ""].join("\n"));
  return csvTable(path, { delimiter: ";" });
}

export const tables: [kind: string, open: () => Promise<Table>][] = [
  ["SQLite", sqlUsers],
  ["CSV", csvUsers],
];

export function login(table: Table, options: Partial<DbLoginOptions> = {}): DbLogin {
  return dbLogin({ table, hasher, isActive: (row) => row["active"] === "yes", ...options });
}

export function post(
  method: LoginMethod<DbUser>,
  user: string,
  given: string,
): Promise<LoginStep<DbUser>> {
  return method.step(loginRequest("POST", { user, password: given }));
}
