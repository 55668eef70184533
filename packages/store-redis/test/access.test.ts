// How one gets in: TLS, and a user who may do no more than the store needs.
import { type Store, type StoredRecord, StoreError } from "@latchkey/session-core";
import { askRedis, type RedisServer, startRedis } from "@latchkey/tools/redis";
import { missing, programs } from "@latchkey/tools/redis-programs";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisStore } from "../src/index.ts";
import { appRules, connect, rights } from "./clients.ts";

describe.skipIf(missing !== null)("access", { timeout: 60_000 }, () => {
  let server: RedisServer;
  beforeAll(async () => {
    const users = [`user app ${appRules("the-password-of-app", rights).join(" ")}`];
    server = await startRedis(programs(), { tls: true, users });
  });
  afterAll(() => server.stop());
  const asApp = () =>
    connect(server.port, {
      username: "app",
      password: "the-password-of-app",
      enableReadyCheck: false,
    });

  const admin = (...args: [string, ...string[]]): Promise<unknown> =>
    askRedis(server.port, (client) => client.call(...args));
  /** Commands that were denied, also behind the scenes; ioredis' own do no harm. */
  const denied = async (): Promise<unknown[]> => {
    const log = await admin("ACL", "LOG");
    const entries = Array.isArray(log) ? log : [];
    return entries
      .map((entry: unknown[]) => entry[entry.indexOf("object") + 1])
      .filter((command) => command !== "client|setinfo");
  };
  const work = async (client: Redis): Promise<void> => {
    await admin("DEL", "latchkey:o:u", "latchkey:r:session:a");
    await admin("ACL", "LOG", "RESET");
    const store = redisStore(client, { timeout: "10s" });
    // As if its entry were a minute old: then a deleted record's entry goes too.
    await everything(store, () => admin("ZREM", "latchkey:o:u", "?session:a"));
  };

  test("a user with the documented rights can do everything", async () => {
    const client = asApp();
    await work(client);
    await expect.poll(() => admin("ZCARD", "latchkey:o:u")).toBe(0);
    expect(await denied()).toEqual([]);
    await expect(client.get("other")).rejects.toThrow(/NOPERM/);
    await expect(client.flushall()).rejects.toThrow(/NOPERM/);
    client.disconnect();
  });

  test.each(rights)("without +%s something is denied", async (command) => {
    await admin("SCRIPT", "FLUSH");
    await admin("ACL", "SETUSER", "app", `-${command}`);
    const client = asApp();
    try {
      const behindTheScenes = ["zscore", "zrem"].includes(command);
      const code = await work(client).then(
        () => "done",
        (error: unknown) => error instanceof StoreError && error.code,
      );
      expect(code).toBe(behindTheScenes ? "done" : "ERR_STORE_UNAVAILABLE");
      await expect.poll(denied).toContain(command);
    } finally {
      client.disconnect();
      await admin("ACL", "SETUSER", "app", `+${command}`);
    }
  });

  test("a wrong password is an error in time", async () => {
    const client = connect(server.port, { password: "wrong" });
    const store = redisStore(client);
    await expect(store.get("a")).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    client.disconnect();
  });

  test("TLS, with a certificate that is checked", async () => {
    const { port, ca } = server.tls ?? { port: 0, ca: "" };
    const trusting = connect(port, { host: "localhost", tls: { ca } });
    await everything(redisStore(trusting, { timeout: "10s" }));
    trusting.disconnect();
    const strict = connect(port, { host: "localhost", tls: {} });
    await expect(redisStore(strict).get("a")).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
    });
    strict.disconnect();
  });
});

async function everything(
  store: Store,
  beforeDelete: () => Promise<unknown> = async () => {},
): Promise<void> {
  const record = newRecord();
  await store.deleteByOwner("u");
  expect(await store.create(record)).toBe(true);
  expect(await store.replace({ ...record, version: 2 })).toBe(true);
  const { seenAt, expiresAt } = record;
  expect(await store.touch(record.id, seenAt + 1, expiresAt + 48 * 3_600_000)).toBe(true);
  expect((await store.get(record.id))?.version).toBe(2);
  expect(await store.listByOwner("u", 10)).toHaveLength(1);
  expect((await store.scan("session:", null, 10)).records).toHaveLength(1);
  await beforeDelete();
  expect(await store.delete(record.id)).toBe(true);
  expect(await store.deleteByOwner("u")).toBe(0);
}

function newRecord(): StoredRecord {
  const now = Date.now();
  const times = { createdAt: now, seenAt: now, expiresAt: now + 600_000 };
  return { id: "session:a", owner: "u", data: "{}", ...times, version: 1 };
}
