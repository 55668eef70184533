// Real database servers for tests: one of its own for each test file that asks.
import type { DataServer } from "@latchkey/tools/data-server";
import { ensureMariadb, startMariadb } from "@latchkey/tools/mariadb";
import { ensurePostgres, startPostgres } from "@latchkey/tools/postgres";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, describe } from "vitest";
import { type OpenServer, openMysql, openPostgres } from "./databases.ts";

export interface Server {
  readonly data: DataServer;
  readonly open: OpenServer;
  /** Refuses writes, as a standby does. */
  setReadOnly(on: boolean): Promise<void>;
  /** Runs a statement as a user who may do anything. */
  admin(statement: RawBuilder<unknown>): Promise<void>;
}

type Tests = (server: () => Server) => void;

export async function onPostgres(tests: Tests): Promise<void> {
  const programs = await ensurePostgres();
  const missing = "missing" in programs ? programs.missing : null;
  describeServer("PostgreSQL", missing, tests, async () => {
    if ("missing" in programs) throw new Error(programs.missing);
    const data = await startPostgres(programs);
    const admin = once(() => openPostgres(data.url));
    return {
      data,
      open: openPostgres,
      admin,
      async setReadOnly(on) {
        await admin(sql`alter system set default_transaction_read_only = ${sql.lit(on)}`);
        await admin(sql`select pg_reload_conf()`);
      },
    };
  });
}

export async function onMariadb(tests: Tests): Promise<void> {
  const programs = await ensureMariadb();
  const missing = "missing" in programs ? programs.missing : null;
  describeServer("MariaDB", missing, tests, async () => {
    if ("missing" in programs) throw new Error(programs.missing);
    const data = await startMariadb(programs);
    const admin = once(() => openMysql(data.adminUrl));
    return {
      data,
      open: openMysql,
      admin,
      setReadOnly: (on) => admin(sql`set global read_only = ${sql.lit(on)}`),
    };
  });
}

function describeServer(
  name: string,
  missing: string | null,
  tests: Tests,
  start: () => Promise<Server>,
): void {
  describe.skipIf(missing !== null)(missing === null ? name : `${name} (${missing})`, () => {
    let server: Server | null = null;
    beforeAll(async () => {
      server = await start();
    }, 120_000);
    afterAll(() => server?.data.stop());
    tests(() => {
      if (server === null) throw new Error("the server did not start");
      return server;
    });
  });
}

function once(open: () => Kysely<unknown>): Server["admin"] {
  return async (statement) => {
    const db = open();
    await statement.execute(db);
    await db.destroy();
  };
}

let tables = 0;

/** A table of its own is as good as a database of its own, and at once there. */
export function newTable(): string {
  tables += 1;
  return `records_${process.pid}_${tables}`;
}
