// The Store contract and the session model on one real Redis with a password, through two clients.
import { storeContract } from "@latchkey/testing";
import { sessionModel } from "@latchkey/testing/model";
import { type RedisServer, startRedis } from "@latchkey/tools/redis";
import { missing, programs } from "@latchkey/tools/redis-programs";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, test } from "vitest";
import { connect } from "./clients.ts";
import { contractSubject } from "./contract-subject.ts";

describe.skipIf(missing !== null)("one server", { timeout: 120_000 }, () => {
  let server: RedisServer;
  let clients: [Redis, Redis];
  beforeAll(async () => {
    server = await startRedis(programs());
    clients = [connect(server.port), connect(server.port, { keyPrefix: "" })];
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server.stop();
  });

  const create = contractSubject(() => clients);
  storeContract({ test, create, expiresByItself: true });
  sessionModel({ test, create, runs: 1_000 });
});
