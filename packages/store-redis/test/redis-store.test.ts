// What the Store contract can't see: commands and round trips, keys, the owner index, options,
// secrets.
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import {
  createSessions,
  type Exchange,
  type Store,
  type StoredRecord,
} from "@latchkey/session-core";
import { type FaultProxy, startFaultProxy } from "@latchkey/tools/fault-proxy";
import { askRedis, type RedisServer, startRedis } from "@latchkey/tools/redis";
import { missing, programs } from "@latchkey/tools/redis-programs";
import { Cluster, Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisStore } from "../src/index.ts";
import { connect } from "./clients.ts";

const DAY_MS = 24 * 3_600_000;

describe.skipIf(missing !== null)("Redis", { timeout: 60_000 }, () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let redis: Redis;
  let plain: Redis;
  let count = 0;
  const newPrefix = (): string => `test${count++}:`;
  const storeAt = (prefix: string): Store => redisStore(redis, { prefix, timeout: "10s" });
  beforeAll(async () => {
    server = await startRedis(programs());
    proxy = await startFaultProxy(server.port);
    redis = connect(proxy.port);
    plain = connect(server.port);
  });
  afterAll(async () => {
    redis.disconnect();
    plain.disconnect();
    await proxy.stop();
    await server.stop();
  });

  test("a read is one command, a write two at most, each one round trip", async () => {
    const store = storeAt(newPrefix());
    const record = newRecord("session:a");
    const later = record.expiresAt + 60_000;
    const calls: [name: string, commands: string[], call: () => Promise<unknown>][] = [
      ["create", ["evalsha"], () => store.create(record)],
      ["get", ["hmget"], () => store.get(record.id)],
      ["replace", ["evalsha"], () => store.replace({ ...record, version: 2 })],
      ["login", ["evalsha"], () => store.replace({ ...record, owner: "w", version: 3 })],
      ["touch", ["evalsha"], () => store.touch(record.id, record.seenAt + 1, later)],
      ["deleteExpired", [], () => store.deleteExpired(1_000)],
      // The second one takes the index's entry away; nobody waits for it.
      ["delete", ["evalsha", "evalsha"], () => store.delete(record.id)],
    ];
    await warmUp(store);
    for (const [name, commands, call] of calls) {
      const before = proxy.requests();
      const seen = await commandsDuring(server.port, plain, call);
      expect([name, ...seen]).toEqual([name, ...commands]);
      expect([name, proxy.requests() - before]).toEqual([name, commands.length]);
    }
  });

  test("with replicas to wait for, a write is two commands that go together", async () => {
    const store = redisStore(redis, { prefix: newPrefix(), replicas: 1, timeout: "1s" });
    await warmUp(store).catch(() => {}); // there is no replica here
    const before = proxy.requests();
    const seen = await commandsDuring(server.port, plain, () =>
      store.create({ ...newRecord("session:a"), owner: null }).catch(() => {}),
    );
    expect(seen).toEqual(["evalsha", "wait"]);
    expect(proxy.requests() - before).toBe(1);
  });

  test("Redis removes what has expired by itself, records and index", async () => {
    const prefix = newPrefix();
    const store = storeAt(prefix);
    const record = newRecord("session:a");
    await store.create(record);
    const life = record.expiresAt - record.createdAt;
    const ttl = await plain.pttl(`${prefix}r:session:a`);
    expect(ttl).toBeGreaterThan(life);
    expect(ttl).toBeLessThan(life + 61_000);
    const indexTtl = await plain.pttl(`${prefix}o:u`);
    expect(indexTtl).toBeGreaterThan(life + DAY_MS);
    expect(indexTtl).toBeLessThan(life + DAY_MS + 3_700_000);
    await store.replace({ ...record, version: 2, expiresAt: record.createdAt + 5_000 });
    expect(await plain.pttl(`${prefix}r:session:a`)).toBeLessThan(66_000);
  });

  test("the index's entry outlives a record that is touched for years", async () => {
    const prefix = newPrefix();
    let time = Date.now();
    const store = redisStore(redis, { prefix, now: () => time, timeout: "10s" });
    const record = newRecord("session:a");
    await store.create(record);
    const life = record.expiresAt - record.createdAt;
    for (let day = 0; day < 400; day++) {
      // Three visits a day, each shortly before the record would expire, by a clock of our own.
      for (let visit = 0; visit < 3; visit++) {
        time += life - 1;
        expect(await store.touch("session:a", time, time + life)).toBe(true);
        const ends = Number(await plain.zscore(`${prefix}o:u`, "=session:a"));
        expect(ends - Date.now()).toBeGreaterThan(life);
      }
    }
    expect(await store.listByOwner("u", 10)).toHaveLength(1);
  });

  test("entries whose record is gone or another owner's are dropped when seen, not new ones", async () => {
    const prefix = newPrefix();
    const store = storeAt(prefix);
    const [kept, gone, moved] = ["session:kept", "session:gone", "session:moved"].map(newRecord);
    for (const record of [kept, gone, moved]) await store.create(record!);
    await plain.del(`${prefix}r:session:gone`); // as if it had expired
    await store.replace({ ...moved!, owner: "other", version: 2 });
    const entries = async (): Promise<string[]> =>
      (await plain.zrange(`${prefix}o:u`, "0", "-1")).filter((member) => member.startsWith("="));
    expect(await store.listByOwner("u", 10)).toHaveLength(1);
    await store.listByOwner("u", 10);
    // A record may still be on its way: entries stay for a minute.
    expect(await entries()).toHaveLength(3);
    for (const id of ["gone", "moved"]) await plain.zrem(`${prefix}o:u`, `?session:${id}`); // later
    expect(await store.listByOwner("u", 10)).toHaveLength(1);
    await expect.poll(entries).toEqual(["=session:kept"]);
    expect(await store.listByOwner("other", 10)).toHaveLength(1);
  });

  test("a server whose clock is ahead doesn't drop what is live for others", async () => {
    const prefix = newPrefix();
    const store = storeAt(prefix);
    const record = newRecord("session:a");
    await store.create(record);
    await plain.zrem(`${prefix}o:u`, "?session:a"); // a minute later
    const ahead = redisStore(redis, { prefix, now: () => record.expiresAt, timeout: "10s" });
    expect(await ahead.listByOwner("u", 10)).toEqual([]);
    await sleep(50); // what nobody waits for
    expect(await store.listByOwner("u", 10)).toHaveLength(1);
  });

  test("keys are the prefix's own: another prefix and other keys are left alone", async () => {
    const prefix = newPrefix();
    const [one, two] = [storeAt(prefix), storeAt(newPrefix())];
    await plain.set(`${prefix}foreign`, "x");
    await one.create(newRecord("session:a"));
    expect(await two.get("session:a")).toBeNull();
    expect(await two.listByOwner("u", 10)).toEqual([]);
    expect(await two.deleteByOwner("u")).toBe(0);
    expect((await plain.keys(`${prefix}*`)).sort()).toEqual([
      `${prefix}foreign`,
      `${prefix}o:u`,
      `${prefix}r:session:a`,
    ]);
    expect((await one.scan("", null, 10)).records.map(({ id }) => id)).toEqual(["session:a"]);
  });

  test("the client's own keyPrefix goes in front, in scan too", async () => {
    const prefix = newPrefix();
    const prefixed = connect(server.port, { keyPrefix: "app[1]:", stringNumbers: true });
    const store = redisStore(prefixed, { prefix, timeout: "10s" });
    for (const id of ["session:a", "session:b"]) await store.create(newRecord(id));
    expect(await plain.exists(`app[1]:${prefix}r:session:a`)).toBe(1);
    const { records } = await store.scan("session:", null, 10);
    expect(records.map(({ id }) => id).sort()).toEqual(["session:a", "session:b"]);
    expect(await store.listByOwner("u", 10)).toHaveLength(2);
    expect(await store.deleteByOwner("u", "session:a")).toBe(1);
    expect(await store.delete("session:a")).toBe(true);
    expect(await store.delete("session:a")).toBe(false);
    prefixed.disconnect();
  });

  test("a scan whose cursor is not ours begins anew", async () => {
    const store = storeAt(newPrefix());
    await store.create(newRecord("session:a"));
    for (const cursor of ["", "0", "{}", '["other:1",3,"77"]', "[null]"]) {
      expect((await store.scan("session:", cursor, 10)).records).toHaveLength(1);
    }
  });

  test("nothing in Redis opens a session", async () => {
    const prefix = newPrefix();
    const sessions = createSessions({
      store: storeAt(prefix),
      keys: ["a key for this test only, long enough"],
    });
    const values: string[] = [];
    for (const id of ["ann", "bob"]) {
      const lines: string[] = [];
      const session = await sessions.open(exchange(lines));
      await session.login({ id });
      await session.commit();
      const value = /=([^;]+)/.exec(lines[0] ?? "")?.[1] ?? "";
      expect(value.length).toBeGreaterThan(40);
      values.push(value);
    }
    const dump: unknown[] = [];
    for (const key of await plain.keys("*")) {
      const type = await plain.type(key);
      const content = type === "hash" ? plain.hgetall(key) : plain.call("DUMP", key);
      dump.push(key, type === "zset" ? await plain.zrange(key, "0", "-1") : await content);
    }
    const text = inspect(dump, { depth: 9, maxArrayLength: null, maxStringLength: null });
    expect(text).toContain("ann");
    for (const value of values) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(value.slice(value.lastIndexOf(".") + 1)); // the MAC
    }
  });

  test("errors carry nothing of a record, whatever Redis and ioredis say", async () => {
    const prefix = newPrefix();
    const store = storeAt(prefix);
    const secret = { ...newRecord("session:secret-id"), data: "secret-data" };
    await plain.set(`${prefix}r:session:secret-id`, "not a hash");
    await plain.set(`${prefix}o:u`, "not an index");
    await plain.hset(`${prefix}r:session:odd`, "h", "secret-data");
    const failing = [
      () => store.create(secret),
      () => store.replace(secret),
      () => store.get(secret.id),
      () => store.get("session:odd"),
      () => store.listByOwner("u", 10),
    ];
    for (const call of failing) {
      const error: unknown = await call().then(
        () => "no error",
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ name: "StoreError", code: "ERR_STORE_UNAVAILABLE" });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("secret");
    }
    // A Redis that doesn't know a command repeats what came with it.
    const odd = await startRedis(programs(), { settings: ['rename-command EVALSHA ""'] });
    const client = connect(odd.port);
    const error: unknown = await redisStore(client)
      .create(secret)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ cause: { message: /^ERR unknown command 'evalsha'/i } });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("secret");
    client.disconnect();
    await odd.stop();
  });
});

describe("options", () => {
  const idle = new Redis({ lazyConnect: true });
  test.each([
    ["prefix", { prefix: 1 }],
    ["replicas", { replicas: -1 }],
    ["replicas", { replicas: 1.5 }],
    ["timeout", { timeout: "soon" }],
  ])("%s %j is refused", (name, options) => {
    expect(() => redisStore(idle, options as object)).toThrow(new RegExp(`^${name} must`));
  });

  test("a client that may read from replicas is refused", () => {
    const cluster = new Cluster([{ port: 1 }], { lazyConnect: true, scaleReads: "slave" });
    expect(() => redisStore(cluster)).toThrow(/^redis must read from masters/);
    const replica = new Redis({
      lazyConnect: true,
      sentinels: [{ port: 1 }],
      name: "a",
      role: "slave",
    });
    expect(() => redisStore(replica)).toThrow(/^redis must be connected to the master/);
    expect(() => redisStore({} as Redis)).toThrow(/^redis must be an ioredis client/);
  });
});

async function warmUp(store: Store): Promise<void> {
  const record = newRecord("session:warm");
  await store.create(record);
  await store.replace({ ...record, version: 2 });
  await store.touch(record.id, record.seenAt + 1, record.expiresAt + 1);
  await store.delete(record.id);
  await store.get(record.id);
  await sleep(50); // what nobody waits for
}

/** What clients other than ours have sent by the time that `call` is done, without scripts' own. */
async function commandsDuring(
  port: number,
  marker: Redis,
  call: () => Promise<unknown>,
): Promise<string[]> {
  return askRedis(port, async (watcher) => {
    const monitor = await watcher.monitor();
    const seen: string[] = [];
    const ended = new Promise<void>((resolve) => {
      monitor.on("monitor", (_time: string, [name = "", what]: string[], source: string) => {
        if (what === "the end") resolve();
        else if (source !== "lua") seen.push(name.toLowerCase());
      });
    });
    await call();
    await sleep(50); // what nobody waits for
    await marker.echo("the end");
    await ended;
    monitor.disconnect();
    return seen;
  });
}

function exchange(lines: string[]): Exchange {
  return {
    method: "GET",
    url: "/",
    protocol: "https",
    host: "localhost",
    ip: "127.0.0.1",
    getHeader: () => undefined,
    appendHeader: (_name, value) => lines.push(value),
  };
}

function newRecord(id: string): StoredRecord {
  const now = Date.now();
  const times = { createdAt: now, seenAt: now, expiresAt: now + 8 * 3_600_000 };
  return { id, owner: "u", data: "{}", ...times, version: 1 };
}
