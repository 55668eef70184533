// Real database servers for tests: one of its own for each test file that asks.
import type { DataServer } from "@latchkey/tools/data-server";
import { ensureMariadb, startMariadb } from "@latchkey/tools/mariadb";
import { ensurePostgres, startPostgres } from "@latchkey/tools/postgres";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, describe } from "vitest";
import { openDatabase } from "./open-database.ts";

/** Two pools on one database, with a schema `other` beside the one that they begin in. */
export interface Server {
  readonly url: string;
  readonly pools: readonly [Kysely<unknown>, Kysely<unknown>];
}

export async function onPostgres(tests: (server: () => Server) => void): Promise<void> {
  const programs = await ensurePostgres();
  const missing = "missing" in programs ? programs.missing : null;
  describeServer("PostgreSQL", missing, tests, async () => {
    if ("missing" in programs) throw new Error(programs.missing);
    return { data: await startPostgres(programs), adminUrl: null };
  });
}

export async function onMariadb(tests: (server: () => Server) => void): Promise<void> {
  const programs = await ensureMariadb();
  const missing = "missing" in programs ? programs.missing : null;
  describeServer("MariaDB", missing, tests, async () => {
    if ("missing" in programs) throw new Error(programs.missing);
    const data = await startMariadb(programs);
    return { data, adminUrl: data.adminUrl };
  });
}

function describeServer(
  name: string,
  missing: string | null,
  tests: (server: () => Server) => void,
  start: () => Promise<{ data: DataServer; adminUrl: string | null }>,
): void {
  describe.skipIf(missing !== null)(missing === null ? name : `${name} (${missing})`, () => {
    let data: DataServer | null = null;
    let server: Server | null = null;
    beforeAll(async () => {
      const started = await start();
      data = started.data;
      const url = started.adminUrl ?? data.url;
      server = { url, pools: [openDatabase(url), openDatabase(url)] };
      await sql`create schema other`.execute(server.pools[0]);
    }, 120_000);
    afterAll(async () => {
      for (const pool of server?.pools ?? []) await pool.destroy();
      await data?.stop();
    });
    tests(() => {
      if (server === null) throw new Error("the server did not start");
      return server;
    });
  });
}
