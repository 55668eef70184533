// What every table on a database server must do.
import { type Kysely, type RawBuilder, sql } from "kysely";
import { describe, expect, it } from "vitest";
import { sqlTable } from "../src/index.ts";
import { raceInTwoProcesses } from "./process-races.ts";
import type { Server } from "./servers.ts";
import { type TableSubject, tableContract } from "./table-contract.ts";
import { contractRows, newRow } from "./table-contract-rule.ts";

/** @param text The type of a text column that can be unique. */
export function serverTableSuite(server: () => Server, text: RawBuilder<unknown>): void {
  let made = 0;
  const newName = (): string => {
    made += 1;
    return `users${made}`;
  };

  async function filled(name: string): Promise<TableSubject> {
    const [first, second] = server().pools;
    await sql`create table ${sql.table(name)} (${sql.id("user")} ${text} unique,
      email ${text} unique, password ${text}, role ${text})`.execute(first);
    const table = sqlTable(first, name);
    for (const row of contractRows) await table.insert(row);
    return { table, peer: sqlTable(second, name), close: async () => {} };
  }

  describe("table", () => {
    tableContract({ test: it, create: () => filled(newName()) });
  });

  describe("schema.table, with odd names", () => {
    tableContract({ test: it, create: () => filled(`other.the "${newName()}\` ' \\ \u00fc`) });
  });

  it("two processes: every name and every swap is won once", { timeout: 60_000 }, async () => {
    const name = newName();
    await filled(name);
    await raceInTwoProcesses(server().url, name);
    await filled(`other.${name}`);
    await raceInTwoProcesses(server().url, `other.${name}`);
  });

  it("promises no unique name where nothing keeps it", async () => {
    const [db] = server().pools;
    const name = newName();
    const table = sqlTable(db, name);
    const refused = { name: "TableError", code: "ERR_TABLE_NOT_UNIQUE" };
    await plainTable(db, name);
    await expect(table.insertIfAbsent(newRow("delta"), "user")).rejects.toMatchObject(refused);
    const { user, email } = { user: sql.id("user"), email: sql.id("email") };
    await sql`create unique index ${sql.id(`${name}_both`)}
      on ${sql.table(name)} (${user}, ${email})`.execute(db);
    await expect(table.insertIfAbsent(newRow("delta"), "user")).rejects.toMatchObject(refused);
    await expect(table.insertIfAbsent(newRow("delta"), "email")).rejects.toMatchObject(refused);
    expect(await table.all()).toEqual([]);
    await sql`create unique index ${sql.id(`${name}_one`)} on ${sql.table(name)} (${user})`.execute(
      db,
    );
    expect(await table.insertIfAbsent(newRow("delta"), "user")).toBe(true);
    expect(await table.insertIfAbsent(newRow("delta"), "user")).toBe(false);
  });

  it("looks in the schema that it was told", async () => {
    const [db] = server().pools;
    const name = newName();
    await plainTable(db, name);
    await filled(`other.${name}`);
    expect(await sqlTable(db, name).find("user", "alpha")).toEqual([]);
    expect(await sqlTable(db, `other.${name}`).find("user", "alpha")).toHaveLength(1);
    await expect(sqlTable(db, name).insertIfAbsent(newRow("delta"), "user")).rejects.toMatchObject({
      code: "ERR_TABLE_NOT_UNIQUE",
    });
  });

  it("tells a table or schema that is not there", async () => {
    const [db] = server().pools;
    const missing = { name: "TableError", code: "ERR_TABLE_MISSING" };
    for (const name of ["nosuch", "other.nosuch", "nosuch.users1"]) {
      const table = sqlTable(db, name);
      await expect(table.find("user", "x")).rejects.toMatchObject(missing);
      await expect(table.all()).rejects.toMatchObject(missing);
      await expect(table.insertIfAbsent(newRow("x"), "user")).rejects.toMatchObject(missing);
      await expect(table.delete({ user: "x" })).rejects.toMatchObject(missing);
    }
  });

  it("takes hostile names for names", async () => {
    const [db] = server().pools;
    const kept = newName();
    await filled(kept);
    for (const name of [
      `${kept}"; drop table ${kept}; --`,
      `${kept}\`; drop table ${kept}; --`,
      `${kept} where 1=1 --`,
      `${kept}'; drop table ${kept}; --`,
      `${kept}\\`,
    ]) {
      const table = sqlTable(db, name);
      await expect(table.all()).rejects.toMatchObject({ code: "ERR_TABLE_MISSING" });
      await expect(table.delete({ user: "alpha" })).rejects.toMatchObject({
        code: "ERR_TABLE_MISSING",
      });
    }
    expect(await sqlTable(db, kept).all()).toHaveLength(3);
  });

  it("reads numbers, booleans and dates as cells", async () => {
    const [db] = server().pools;
    const name = newName();
    await sql`create table ${sql.table(name)} (id ${text}, n integer, big bigint, since date)`.execute(
      db,
    );
    const table = sqlTable(db, name);
    await table.insert({ id: "a", n: 5, big: 7, since: "2026-01-02" });
    const [row] = await table.find("n", 5);
    expect(row).toMatchObject({ id: "a", n: 5, since: expect.stringMatching(/^2026-01-0/) });
    expect(Number(row?.["big"])).toBe(7);
    expect(await table.find("id", "a")).toEqual([row]);
    expect(await table.find("n", 6)).toEqual([]);
  });

  async function plainTable(db: Kysely<unknown>, name: string): Promise<void> {
    await sql`create table ${sql.table(name)} (${sql.id("user")} ${text},
      email ${text}, password ${text}, role ${text})`.execute(db);
  }
}
