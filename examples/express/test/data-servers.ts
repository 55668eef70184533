// The real servers that sessions can be kept on, for one test file.

import type { DataServer } from "@latchkey/tools/data-server";
import { ensureMariadb, startMariadb } from "@latchkey/tools/mariadb";
import type { Missing } from "@latchkey/tools/missing";
import { ensurePostgres, startPostgres } from "@latchkey/tools/postgres";
import { ensureRedis, startRedis } from "@latchkey/tools/redis";
import { afterAll, describe } from "vitest";

type Start = () => Promise<DataServer | Missing>;

export const dataServers: readonly (readonly [name: string, start: Start])[] = [
  ["Redis", () => startWith(ensureRedis, startRedis)],
  ["PostgreSQL", () => startWith(ensurePostgres, startPostgres)],
  ["MariaDB", () => startWith(ensureMariadb, startMariadb)],
];

/** Registers tests on a server of their own, or skips them with the reason where there is none. */
export async function onServer(
  name: string,
  start: Start,
  tests: (server: DataServer) => Promise<void> | void,
): Promise<void> {
  const server = await start();
  const reason = "missing" in server ? ` (${server.missing})` : "";
  if (!("missing" in server)) afterAll(() => server.stop());
  describe.skipIf("missing" in server)(name + reason, async () => {
    if (!("missing" in server)) await tests(server);
  });
}

async function startWith<Programs extends object>(
  ensure: () => Promise<Programs | Missing>,
  start: (programs: Programs) => Promise<DataServer>,
): Promise<DataServer | Missing> {
  const programs = await ensure();
  return "missing" in programs ? programs : start(programs);
}
