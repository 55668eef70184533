import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import Database from "better-sqlite3";
import {
  CamelCasePlugin,
  DummyDriver,
  Kysely,
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
  SqliteDialect,
  sql,
} from "kysely";
import { describe, expect, it } from "vitest";
import { sqlTable } from "../src/index.ts";
import { openDatabase } from "./open-database.ts";
import { raceInTwoProcesses } from "./process-races.ts";
import { type TableSubject, tableContract } from "./table-contract.ts";
import { contractRows } from "./table-contract-rule.ts";

function database(script: string): Kysely<unknown> {
  const sqlite = new Database(":memory:");
  sqlite.exec(script);
  return new Kysely({ dialect: new SqliteDialect({ database: sqlite }) });
}

const columns = "user text unique, email text unique, password text, role text";

describe("sqlTable on SQLite", () => {
  tableContract({ test: it, create: () => contractTable(":memory:", "users", columns) });
});

describe("sqlTable in an attached database, compared without case and blanks", () => {
  const loose = columns.replaceAll(/text/g, "text collate nocase").replace(/role.*/, "role text");
  const name = "my auth.the users";
  tableContract({ test: it, create: () => contractTable(":memory:", name, loose) });
});

describe("sqlTable in main", () => {
  tableContract({ test: it, create: () => contractTable(":memory:", "main.users", columns) });
});

it("two processes: every name and every swap is won once", { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-table-"));
  const path = join(folder, "users.db");
  const { close } = await contractTable(path, "users", columns);
  await raceInTwoProcesses(`sqlite:${path}`, "users");
  await close();
  await rm(folder, { recursive: true });
});

async function contractTable(path: string, name: string, defined: string): Promise<TableSubject> {
  const db = openDatabase(`sqlite:${path}`);
  await sql`attach ':memory:' as "my auth"`.execute(db);
  await sql`create table ${sql.table(name)} (${sql.raw(defined)})`.execute(db);
  const table = sqlTable(db, name);
  for (const row of contractRows) await table.insert(row);
  return { table, close: () => db.destroy() };
}

it("takes the instance of an application with its own types, and transactions", async () => {
  interface Schema {
    users: { user: string; active: number };
  }
  const sqlite = new Database(":memory:");
  sqlite.exec("create table users (user text, active integer)");
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) });
  await sqlTable(db, "users").insert({ user: "alpha", active: true });
  expect(await sqlTable(db, "users").find("active", true)).toEqual([{ user: "alpha", active: 1 }]);
  await expect(
    db.transaction().execute(async (transaction) => {
      await sqlTable(transaction, "users").update({ user: "alpha" }, { active: false });
      throw new Error("roll back");
    }),
  ).rejects.toThrow("roll back");
  expect((await sqlTable(db, "users").find("user", "alpha"))[0]?.["active"]).toBe(1);
});

it("follows the plug-ins of the instance", async () => {
  const db = database("create table my_users (user_name text); insert into my_users values ('a')");
  const table = sqlTable(db.withPlugin(new CamelCasePlugin()), "myUsers");
  expect(await table.find("userName", "a")).toEqual([{ userName: "a" }]);
});

it("finds the exact row among those that the database takes for equal", async () => {
  const db = database(`create table users (user text collate nocase);
    insert into users values ('ALPHA'), ('Alpha'), ('AlPhA'), ('alpha')`);
  expect(await sqlTable(db, "users").find("user", "alpha")).toEqual([{ user: "alpha" }]);
});

it("compares NULL and the empty text as two values", async () => {
  const db = database("create table users (user text, password text)");
  const table = sqlTable(db, "users");
  await table.insert({ user: "new", password: null });
  expect(await table.find("password", "")).toEqual([]);
  expect(await table.find("password", null)).toEqual([{ user: "new", password: null }]);
  expect(await table.update({ user: "new", password: "" }, { password: "x" })).toBe(0);
  expect(await table.update({ user: "new", password: null }, { password: "x" })).toBe(1);
});

it("returns plain cells for bytes and large numbers", async () => {
  const db = database(`create table users (user text, hash blob, bytes blob, n integer);
    insert into users values ('alpha', cast('$2b$10$abc' as blob), x'ff00', 5)`);
  expect(await sqlTable(db, "users").find("user", "alpha")).toEqual([
    { user: "alpha", hash: "$2b$10$abc", bytes: "/wA=", n: 5 },
  ]);
});

it("promises no unique name where nothing keeps it", async () => {
  const db = database(`create table users (user text, email text);
    create unique index both on users (user, email);
    create unique index some on users (email) where user > ''`);
  const table = sqlTable(db, "users");
  const refused = { name: "TableError", code: "ERR_TABLE_NOT_UNIQUE" };
  const row = { user: "alpha", email: "a" };
  await expect(table.insertIfAbsent(row, "user")).rejects.toMatchObject(refused);
  await expect(table.insertIfAbsent(row, "email")).rejects.toMatchObject(refused);
  expect(await table.all()).toEqual([]);
  await sql`create unique index one on users (user collate nocase)`.execute(db);
  expect(await table.insertIfAbsent(row, "user")).toBe(true);
  expect(await table.insertIfAbsent({ user: "ALPHA" }, "user")).toBe(false);
});

// Where SQLite is built so, it takes a quoted name that no column has for a piece of text.
it("takes no column that is not there for a piece of text", async () => {
  const sqlite = new DatabaseSync(":memory:", { enableDoubleQuotedStringLiterals: true });
  sqlite.exec("create table users (user text); insert into users values ('alpha'), ('beta')");
  expect(sqlite.prepare(`select * from users where "nosuch" = 'nosuch'`).all()).toHaveLength(2);
  const database = {
    close: () => sqlite.close(),
    prepare(text: string) {
      const statement = sqlite.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (values: readonly unknown[]) => statement.all(...values.map(String)),
        run: (values: readonly unknown[]) => statement.run(...values.map(String)),
        iterate: (values: readonly unknown[]) => statement.iterate(...values.map(String)),
      };
    },
  };
  const table = sqlTable(new Kysely({ dialect: new SqliteDialect({ database }) }), "users");
  const refused = { code: "ERR_TABLE_COLUMN" };
  await expect(table.find("nosuch", "nosuch")).rejects.toMatchObject(refused);
  await expect(table.delete({ nosuch: "nosuch" })).rejects.toMatchObject(refused);
  await expect(table.update({ nosuch: "nosuch" }, { user: "x" })).rejects.toMatchObject(refused);
  expect(await table.find("user", "alpha")).toHaveLength(1);
  expect(await table.all()).toHaveLength(2);
});

it("refuses a database whose SQL it doesn't speak", () => {
  const db = new Kysely({
    dialect: {
      createAdapter: () => new MssqlAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (instance) => new MssqlIntrospector(instance),
      createQueryCompiler: () => new MssqlQueryCompiler(),
    },
  });
  expect(() => sqlTable(db, "users")).toThrow(/^db must speak/);
});

it("sorts the errors of the database", async () => {
  const db = database("create table users (user text unique); insert into users values ('alpha')");
  await expect(sqlTable(db, "nosuch").find("user", "x")).rejects.toMatchObject({
    code: "ERR_TABLE_MISSING",
  });
  await expect(sqlTable(db, "users").insert({ user: "alpha" })).rejects.toMatchObject({
    code: "ERR_TABLE_CONFLICT",
    cause: expect.any(Error),
  });
  await db.destroy();
  await expect(sqlTable(db, "users").find("user", "x")).rejects.toMatchObject({
    code: "ERR_TABLE_UNAVAILABLE",
  });
});

it("sorts the errors of other drivers by their codes", async () => {
  const { sqlError } = await import("../src/sql-error.ts");
  const code = (name: string) => sqlError(Object.assign(new Error("x"), { code: name }), "t").code;
  expect(["42P01", "42703", "23505", "57P01"].map(code)).toEqual([
    "ERR_TABLE_MISSING",
    "ERR_TABLE_COLUMN",
    "ERR_TABLE_CONFLICT",
    "ERR_TABLE_UNAVAILABLE",
  ]);
  expect(["ER_NO_SUCH_TABLE", "ER_BAD_FIELD_ERROR", "ER_DUP_ENTRY"].map(code)).toEqual([
    "ERR_TABLE_MISSING",
    "ERR_TABLE_COLUMN",
    "ERR_TABLE_CONFLICT",
  ]);
});

it("refuses a table name of any other shape", () => {
  const db = database("");
  for (const name of ["", "a.b.c", ".users", "auth."]) {
    expect(() => sqlTable(db, name)).toThrow(/table must be/);
  }
});
