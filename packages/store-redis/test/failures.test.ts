// Redis is away, slow, silent, full or read-only: every call says so in time, and works again soon
// after it is back.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { type Store, type StoredRecord, StoreError } from "@latchkey/session-core";
import { type FaultProxy, startFaultProxy } from "@latchkey/tools/fault-proxy";
import { askRedis, type RedisServer, startRedis } from "@latchkey/tools/redis";
import { missing, programs } from "@latchkey/tools/redis-programs";
import type { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { redisStore } from "../src/index.ts";
import { connect } from "./clients.ts";

const SECRET = "what nobody may read in a log";

/** 500 ms are promised; the rest is for other tests on the same processors. */
const LIMIT_MS = 500 + 250;

interface Outage {
  name: string;
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
}

describe.skipIf(missing !== null)("failures", { timeout: 60_000 }, () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let redis: Redis;
  let store: Store;
  beforeAll(async () => {
    server = await startRedis(programs());
    proxy = await startFaultProxy(server.port);
    redis = connect(proxy.port);
    store = redisStore(redis);
    await works(store);
  });
  afterAll(async () => {
    redis.disconnect();
    await proxy.stop();
    await server.stop();
  });
  const admin = (...args: [string, ...string[]]): Promise<unknown> =>
    askRedis(server.port, (client) => client.call(...args));

  afterEach(async () => {
    await admin("CONFIG", "SET", "maxmemory", "0");
    await admin("REPLICAOF", "NO", "ONE");
  });

  const outages: Outage[] = [
    { name: "frozen", begin: async () => server.freeze(), end: async () => server.resume() },
    { name: "killed", begin: () => server.kill(), end: () => server.restart() },
    { name: "refusing", begin: () => proxy.set("refuse"), end: () => proxy.set("pass") },
    { name: "silent", begin: () => proxy.set("blackhole"), end: () => proxy.set("pass") },
    {
      name: "slow by 2 s",
      begin: () => proxy.set({ kind: "latency", ms: 2_000 }),
      end: () => proxy.set("pass"),
    },
  ];
  test.each(outages)("$name: all calls reject in time, and work soon after", async (outage) => {
    const end = await endOfOutage(store, outage);
    console.log(
      `${outage.name}: slowest rejection ${end.slowest.toFixed()} ms,`,
      `works again ${end.recovery.toFixed()} ms after the end`,
    );
    expect(end.slowest).toBeLessThan(LIMIT_MS);
    expect(end.recovery).toBeLessThan(2_000);
  });

  test("out of memory: writes are ERR_STORE_FULL, reads and logouts work", async () => {
    await store.deleteByOwner("user:secret"); // what outages have left
    await store.create(newRecord("session:full"));
    const before = await store.get("session:full");
    await admin("CONFIG", "SET", "maxmemory", "1");
    for (const write of [
      () => store.create(newRecord("session:more")),
      () => store.create({ ...newRecord("session:owned"), owner: null }),
      () => store.replace({ ...newRecord("session:full"), version: 2 }),
      () => store.touch("session:full", Date.now() + 9, Date.now() + 900_000),
    ]) {
      const error = await write().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "StoreError", code: "ERR_STORE_FULL" });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
    }
    expect(await store.get("session:full")).toEqual(before);
    expect(await store.listByOwner("user:secret", 9)).toHaveLength(1);
    expect(await store.delete("session:full")).toBe(true);
    await admin("CONFIG", "SET", "maxmemory", "0");
    expect(await store.create(newRecord("session:more"))).toBe(true);
    expect(await store.delete("session:more")).toBe(true);
  });

  test("a replica that can't be written to: writes reject, reads work, and it recovers", async () => {
    await store.create(newRecord("session:replica"));
    await admin("REPLICAOF", "127.0.0.1", "1");
    for (const write of [
      () => store.create(newRecord("session:b")),
      () => store.delete("session:replica"),
    ]) {
      const error = await write().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "StoreError", code: "ERR_STORE_UNAVAILABLE" });
      expect(String(error instanceof Error && error.cause)).toMatch(/READONLY/);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
    }
    expect((await store.get("session:replica"))?.data).toBe(SECRET);
    await admin("REPLICAOF", "NO", "ONE");
    await expect.poll(() => store.delete("session:replica").catch(String)).toBe(true);
  });

  test("an answer that is cut off: the call is sent again and counts once", async () => {
    const patient = redisStore(redis, { prefix: "cut:", timeout: "10s" });
    for (let round = 0; round < 10; round++) {
      const id = `session:${round}`;
      await proxy.set("cut");
      expect(await patient.create({ ...newRecord(id), data: "0" })).toBe(true);
      for (let count = 1; count <= 3; count++) {
        const current = await patient.get(id);
        await proxy.set("cut");
        const data = `${Number(current?.data) + 1}`;
        const next = { ...newRecord(id), data, version: count + 1 };
        expect(await patient.replace(next)).toBe(true);
      }
      await proxy.set("cut");
      expect((await patient.get(id))?.data).toBe("3");
    }
  });

  test("a script that Redis has forgotten is sent again", async () => {
    for (const call of [
      () => store.create(newRecord("session:script")),
      () => store.touch("session:script", Date.now(), Date.now() + 700_000),
      () => store.replace({ ...newRecord("session:script"), version: 2 }),
      () => store.delete("session:script"),
    ]) {
      await admin("SCRIPT", "FLUSH");
      expect(await call()).toBe(true);
    }
  });
});

/** Calls everything through an outage of 1.5 s, three at a time. */
async function endOfOutage(
  store: Store,
  outage: Outage,
): Promise<{ slowest: number; recovery: number }> {
  await works(store);
  await outage.begin();
  let slowest = 0;
  const until = performance.now() + 1_500;
  const answered: string[] = [];
  while (performance.now() < until) {
    await Promise.all(
      Object.entries(callsOf(store)).map(async ([name, call]) => {
        const begin = performance.now();
        const error: unknown = await call().then(
          () => null,
          (reason: unknown) => reason,
        );
        slowest = Math.max(slowest, performance.now() - begin);
        if (!(error instanceof StoreError)) answered.push(`${name}: ${String(error)}`);
        else expect(error.code).toBe("ERR_STORE_UNAVAILABLE");
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
      }),
    );
    await sleep(20);
  }
  await outage.end();
  const endedAt = performance.now();
  await works(store);
  const recovery = performance.now() - endedAt;
  expect(answered).toEqual([]);
  return { slowest, recovery };
}

function callsOf(store: Store): Record<string, () => Promise<unknown>> {
  const record = newRecord("session:a");
  return {
    create: () => store.create(record),
    get: () => store.get(record.id),
    replace: () => store.replace({ ...record, version: 2 }),
    touch: () => store.touch(record.id, record.seenAt, record.expiresAt),
    delete: () => store.delete(record.id),
    listByOwner: () => store.listByOwner("user:secret", 9),
    deleteByOwner: () => store.deleteByOwner("user:secret"),
  };
}

/** Returns once a session can be made, read and ended. */
async function works(store: Store): Promise<void> {
  const end = performance.now() + 20_000;
  for (let turn = 0; ; turn++) {
    try {
      const record = newRecord(`session:works-${turn}`);
      expect(await store.create(record)).toBe(true);
      expect((await store.get(record.id))?.data).toBe(SECRET);
      expect(await store.delete(record.id)).toBe(true);
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(10);
    }
  }
}

function newRecord(id: string): StoredRecord {
  const now = Date.now();
  const times = { createdAt: now, seenAt: now, expiresAt: now + 600_000 };
  return { id, owner: "user:secret", data: SECRET, ...times, version: 1 };
}
