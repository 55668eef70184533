// A real master with two replicas behind three Sentinels: the contract with confirmed writes, and
// the death of the master.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { storeContract } from "@latchkey/testing";
import { bestOfThree } from "@latchkey/tools/best-of-three";
import { askRedis, REDIS_PASSWORD, type RedisServer } from "@latchkey/tools/redis";
import { missing, programs } from "@latchkey/tools/redis-programs";
import { type RedisSentinel, startRedisSentinel } from "@latchkey/tools/redis-sentinel";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisStore } from "../src/index.ts";
import { connect } from "./clients.ts";
import { countThere, SPARE_MS, startLoad, until } from "./failover-load.ts";

describe.skipIf(missing !== null)("Sentinel", { timeout: 180_000 }, () => {
  let servers: RedisSentinel;
  let redis: Redis;
  let count = 0;
  beforeAll(async () => {
    servers = await startRedisSentinel(programs());
    redis = connect(0, {
      sentinels: [...servers.sentinels],
      name: servers.name,
      password: REDIS_PASSWORD,
      failoverDetector: true,
      sentinelRetryStrategy: (times) => Math.min(50 * times, 500),
    });
  }, 120_000);
  afterAll(async () => {
    redis.disconnect();
    await servers.stop();
  });

  storeContract({
    test,
    expiresByItself: true,
    create: async () => {
      let time = Date.UTC(2030, 0, 1);
      const now = (): number => time;
      const prefix = `test${count++}:`;
      return {
        store: redisStore(redis, { prefix, now, replicas: 1, timeout: "10s" }),
        now,
        advance: async (ms) => {
          time += ms;
        },
        close: async () => {},
      };
    },
  });

  test.each([
    { name: "killed", end: (master: RedisServer) => master.kill() },
    { name: "frozen", end: async (master: RedisServer) => master.freeze() },
  ])(
    "the master is $name under load: errors end with the failover, no logout is undone",
    async ({ name, end }) => {
      let time = 0;
      const overMs = await bestOfThree(SPARE_MS, async () => {
        await bothReplicasOnline(); // It takes Sentinel ten seconds.
        time += 1;
        const store = redisStore(redis, { prefix: `${name}${time}:`, replicas: 1 });
        const victim = await servers.master();
        const load = startLoad(store);
        await sleep(500);
        const endedAt = performance.now();
        await end(victim);
        await until(async () => (await servers.master()) !== victim);
        const failoverMs = performance.now() - endedAt;
        await load.settled();
        const report = await load.stop();
        expect(report.strange).toEqual([]);
        expect(report.ended.size).toBeGreaterThan(50);
        const last = Math.max(endedAt, ...report.readErrors, ...report.writeErrors) - endedAt;
        const lost = report.living.size - (await countThere(store, report.living));
        console.log(
          `${name}: failover after ${failoverMs.toFixed()} ms, last error after ${last.toFixed()} ms;`,
          `${report.ended.size} logouts, ${report.living.size} sessions, ${lost} lost`,
        );
        expect(report.revivals).toBe(0);
        expect(await countThere(store, report.ended)).toBe(0);
        expect(lost).toBe(0);
        if (name === "frozen") {
          victim.resume();
        } else {
          await victim.restart();
          await bothReplicasOnline();
          expect(await countThere(store, report.ended)).toBe(0);
        }
        return last - failoverMs;
      });
      expect(overMs, "ms from the failover to the last error").toBeLessThan(SPARE_MS);
    },
  );

  function bothReplicasOnline(): Promise<void> {
    return until(async () => {
      const { port } = await servers.master();
      return askRedis(port, async (master) =>
        /slave0.*state=online.*slave1.*state=online/s.test(await master.info("replication")),
      );
    });
  }

  test("a master without enough replicas confirms nothing, and says so", async () => {
    const store = redisStore(redis, { prefix: "alone:", replicas: 9 });
    const now = Date.now();
    const times = { createdAt: now, seenAt: now, expiresAt: now + 600_000 };
    const record = { id: "session:a", owner: null, data: "{}", ...times, version: 1 };
    await expect(store.create(record)).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
      cause: { message: "written, but not confirmed by 9 replicas" },
    });
  });
});
