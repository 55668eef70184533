import { sql } from "kysely";
import { expect, it, vi } from "vitest";
import { sqlTable } from "../src/index.ts";
import { serverTableSuite } from "./server-table-suite.ts";
import { onPostgres } from "./servers.ts";

vi.setConfig({ testTimeout: 30_000 }); // A busy machine.

await onPostgres((server) => {
  serverTableSuite(server, sql`text`);

  it("keeps names apart by case unless an index says otherwise, and then says taken", async () => {
    const [db] = server().pools;
    await sql`create table people (name text unique, role text)`.execute(db);
    const table = sqlTable(db, "people");
    expect(await table.insertIfAbsent({ name: "ann" }, "name")).toBe(true);
    expect(await table.insertIfAbsent({ name: "Ann" }, "name")).toBe(true);
    await table.delete({ name: "Ann" });
    await sql`create unique index on people (lower(name))`.execute(db);
    expect(await table.insertIfAbsent({ name: "Ann" }, "name")).toBe(false);
    expect(await table.all()).toEqual([{ name: "ann", role: null }]);
  });
});
