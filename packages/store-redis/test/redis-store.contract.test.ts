// The Store contract and the session model on one real Redis with a password, through two clients.
import { storeContract } from "@latchkey/testing";
import { sessionModel } from "@latchkey/testing/model";
import { type RedisServer, startRedis } from "@latchkey/tools/redis";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, test } from "vitest";
import { redisStore } from "../src/index.ts";
import { connect, missing, programs } from "./clients.ts";

describe.skipIf(missing !== null)("one server", { timeout: 120_000 }, () => {
  let server: RedisServer;
  let clients: [Redis, Redis];
  let count = 0;
  beforeAll(async () => {
    server = await startRedis(programs());
    clients = [connect(server.port), connect(server.port, { keyPrefix: "" })];
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server.stop();
  });

  const create = async () => {
    const prefix = `test${count++}:`;
    let time = Date.UTC(2030, 0, 1);
    const now = (): number => time;
    const options = { prefix, now, timeout: "10s" } as const;
    return {
      store: redisStore(clients[0], options),
      peer: redisStore(clients[1], options),
      now,
      advance: async (ms: number): Promise<void> => {
        time += ms;
      },
      close: async () => {},
    };
  };
  storeContract({ test, create, expiresByItself: true });
  sessionModel({ test, create, runs: 1_000 });
});
