// Ways to set up PostgreSQL that change what a statement answers.
import { sql } from "kysely";
import { expect, test } from "vitest";
import { manyWriters } from "./many-writers.ts";
import type { Server } from "./servers.ts";

export function modesSuite(server: () => Server): void {
  test.each(["repeatable read", "serializable"])("many writers, %s", async (level) => {
    const { data, open } = server();
    const setting = `-c default_transaction_isolation=${level.replace(" ", "\\ ")}`;
    const url = `${data.url}?options=${encodeURIComponent(setting)}`;
    const pools = [open(url), open(url)] as const;
    const { rows } = await sql`show transaction_isolation`.execute(pools[0]);
    expect(rows).toEqual([{ transaction_isolation: level }]);
    await manyWriters(pools);
  });
}
