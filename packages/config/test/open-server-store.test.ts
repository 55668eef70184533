// Stores on servers, by URL: what is written is there, and one that isn't there stops the start.

import { ensureMariadb, startMariadb } from "@latchkey/tools/mariadb";
import { ensurePostgres, startPostgres } from "@latchkey/tools/postgres";
import { ensureRedis, startRedis } from "@latchkey/tools/redis";
import { afterAll, describe, expect, it } from "vitest";
import { openStore } from "../src/index.ts";
import { record } from "./record.ts";
import { shown } from "./shown.ts";

interface Server {
  readonly url: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const servers: [name: string, start: () => Promise<Server | { missing: string }>][] = [
  [
    "Redis",
    async () => {
      const programs = await ensureRedis();
      return "missing" in programs ? programs : startRedis(programs);
    },
  ],
  [
    "PostgreSQL",
    async () => {
      const programs = await ensurePostgres();
      return "missing" in programs ? programs : startPostgres(programs);
    },
  ],
  [
    "MariaDB",
    async () => {
      const programs = await ensureMariadb();
      return "missing" in programs ? programs : startMariadb(programs);
    },
  ],
];

for (const [name, start] of servers) {
  const server = await start();
  const reason = "missing" in server ? ` (${server.missing})` : "";
  describe.skipIf("missing" in server)(`${name}${reason}`, { timeout: 60_000 }, () => {
    if ("missing" in server) return;
    afterAll(() => server.stop());

    it("remembers", async () => {
      const first = await openStore(server.url);
      expect(await first.store.create(record)).toBe(true);
      await first.close();
      const second = await openStore(server.url);
      expect(await second.store.get(record.id)).toEqual(record);
      await second.close();
    });

    it("a wrong password stops the start, and is not shown", async () => {
      const url = server.url.replace(/:[^:@/]+@/, ":sesame-open@");
      expect(url).toContain("sesame");
      const error: unknown = await openStore(url, "STORE").catch((thrown: unknown) => thrown);
      expect(String(error)).toMatch(/^TypeError: STORE can't be opened/);
      expect(shown(error)).not.toMatch(/sesame/);
    });

    it("a server that is away stops the start", async () => {
      await server.kill();
      const error: unknown = await openStore(server.url, "STORE").catch(
        (thrown: unknown) => thrown,
      );
      expect(String(error)).toMatch(/^TypeError: STORE can't be opened/);
    });
  });
}
