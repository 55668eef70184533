// The Store contract over connect-redis and a real Redis: all of it within one process, and what is
// left of it when two processes write to the same sessions.

import { storeContract } from "@latchkey/testing";
import { type RedisServer, startRedis } from "@latchkey/tools/redis";
import { missing, programs } from "@latchkey/tools/redis-programs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { connectStore } from "../src/index.ts";
import { type Connected, connect } from "./connect-redis.ts";
import { realClock } from "./real-clock.ts";

/** What the README says that connectStore can't promise across processes. */
const notAcrossProcesses: readonly string[] = [
  "create is true for exactly one of 50 at once",
  "create over an expired record is true for exactly one of 50 at once",
  "replace is true for exactly one of 50 at once",
  "replace loses no update when 20 writers retry until they win",
  "touch at the same moment as replace loses nothing of the replace",
  "touch at the same moment as delete never brings the record back",
  "delete is true for exactly one of 50 at once",
  "delete at the same moment as replace is final: 100 rounds, no revival",
  "delete at the same moment as create of a new record keeps one story",
  "deleteByOwner among creates: what it did not count is still there",
  "deleteByOwner at the same moment as replace is final",
  "deleteByOwner at the same moment as a change of owner: deleted or moved, not both",
  "deleteExpired by several at once counts every record once",
  "deleteExpired spares a record that is created anew at that moment",
];

describe.skipIf(missing !== null)("connect-redis", { timeout: 60_000 }, () => {
  let server: RedisServer;
  let clients: [Connected, Connected];
  let count = 0;
  beforeAll(async () => {
    server = await startRedis(programs());
    clients = [await connect(server.port), await connect(server.port)];
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await server.stop();
  });

  describe("one process", () => {
    storeContract({
      test: test.concurrent,
      expiresByItself: true,
      create: async () => {
        const old = clients[0].store(`test${count++}:`);
        const options = { timeout: "10s" } as const;
        const [store, peer] = [connectStore(old, options), connectStore(old, options)];
        return { store, peer, ...realClock, close: async () => {} };
      },
    });
  });

  describe("two processes", () => {
    storeContract({
      test(name, check) {
        const rule = name.replace("store contract: ", "");
        if (!notAcrossProcesses.includes(rule)) test.concurrent(name, check);
      },
      expiresByItself: true,
      create: async () => {
        const prefix = `test${count++}:`;
        const [store, peer] = clients.map((client) =>
          connectStore(client.store(prefix), { timeout: "10s" }),
        );
        return { store: store!, peer: peer!, ...realClock, close: async () => {} };
      },
    });
  });
});
