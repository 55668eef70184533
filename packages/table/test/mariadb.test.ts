import { CamelCasePlugin, sql } from "kysely";
import { expect, it, vi } from "vitest";
import { sqlTable } from "../src/index.ts";
import { serverTableSuite } from "./server-table-suite.ts";
import { onMariadb } from "./servers.ts";

vi.setConfig({ testTimeout: 30_000 }); // A busy machine.

await onMariadb((server) => {
  // MariaDB's own way to compare: without case, accents and trailing blanks.
  serverTableSuite(server, sql`varchar(100) collate utf8mb4_general_ci`);

  it("takes a name that the database takes for equal as taken", async () => {
    const [db] = server().pools;
    await sql`create table people (name varchar(100) collate utf8mb4_general_ci unique)`.execute(
      db,
    );
    const table = sqlTable(db, "people");
    expect(await table.insertIfAbsent({ name: "zoe" }, "name")).toBe(true);
    for (const name of ["ZOE", "zoë", "zoe "]) {
      expect(await table.insertIfAbsent({ name }, "name")).toBe(false);
    }
    expect(await table.all()).toEqual([{ name: "zoe" }]);
  });

  it("takes no number for a text that isn't one", async () => {
    const [db] = server().pools;
    await sql`create table texts (name varchar(100), n int, flag boolean)`.execute(db);
    const table = sqlTable(db, "texts");
    await table.insert({ name: "ann", n: 1, flag: true });
    // For MariaDB, 'ann' = 0.
    for (const name of [0, false]) {
      expect(await table.delete({ name })).toBe(0);
      expect(await table.update({ name }, { n: 2 })).toBe(0);
    }
    expect(await table.update({ n: 1, flag: true }, { n: 3 })).toBe(1);
    expect(await table.find("n", 3)).toEqual([{ name: "ann", n: 3, flag: 1 }]);
  });

  it("follows the plug-ins of the instance, also when it asks for indexes", async () => {
    const [db] = server().pools;
    await sql`create table my_people (full_name varchar(100) unique)`.execute(db);
    const table = sqlTable(db.withPlugin(new CamelCasePlugin()), "myPeople");
    expect(await table.insertIfAbsent({ fullName: "ann" }, "fullName")).toBe(true);
    expect(await table.insertIfAbsent({ fullName: "ann" }, "fullName")).toBe(false);
    expect(await table.find("fullName", "ann")).toEqual([{ fullName: "ann" }]);
  });
});
