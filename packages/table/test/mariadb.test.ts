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

  it("follows the plug-ins of the instance, also when it asks for indexes", async () => {
    const [db] = server().pools;
    await sql`create table my_people (full_name varchar(100) unique)`.execute(db);
    const table = sqlTable(db.withPlugin(new CamelCasePlugin()), "myPeople");
    expect(await table.insertIfAbsent({ fullName: "ann" }, "fullName")).toBe(true);
    expect(await table.insertIfAbsent({ fullName: "ann" }, "fullName")).toBe(false);
    expect(await table.find("fullName", "ann")).toEqual([{ fullName: "ann" }]);
  });
});
