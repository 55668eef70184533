// A real cluster of three masters and three replicas: the contract, the model, and the death of a
// master.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { StoredRecord } from "@latchkey/session-core";
import { storeContract } from "@latchkey/testing";
import { sessionModel } from "@latchkey/testing/model";
import { bestOfThree } from "@latchkey/tools/best-of-three";
import { askRedis } from "@latchkey/tools/redis";
import { type RedisCluster, startRedisCluster } from "@latchkey/tools/redis-cluster";
import { missing, programs } from "@latchkey/tools/redis-programs";
import type { Cluster } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisStore } from "../src/index.ts";
import { appRules, connectCluster, rights } from "./clients.ts";
import { contractSubject } from "./contract-subject.ts";
import { countThere, SPARE_MS, startLoad, until } from "./failover-load.ts";

const creator = fileURLToPath(new URL("./children/creator.ts", import.meta.url));

describe.skipIf(missing !== null)("a cluster", { timeout: 120_000 }, () => {
  let servers: RedisCluster;
  let clients: [Cluster, Cluster];
  beforeAll(async () => {
    servers = await startRedisCluster(programs());
    const ports = servers.nodes.slice(0, 2).map((node) => node.port);
    clients = [connectCluster(ports), connectCluster(ports)];
  }, 120_000);
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await servers.stop();
  });

  const create = contractSubject(() => clients);
  storeContract({ test, create, expiresByItself: true });
  sessionModel({ test, create, runs: 334 });

  test("an owner's index has a record whatever process dies in between", async () => {
    const store = redisStore(clients[0], { prefix: "crash:", timeout: "10s" });
    const ports = servers.nodes.map((node) => String(node.port));
    let said = 0;
    for (let run = 0; run < 4; run++) {
      const args = ["--conditions=@latchkey/source", creator, "crash:", String(run), ...ports];
      const env = { ...process.env, NODE_OPTIONS: "" };
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env });
      const ended = once(child, "close");
      for await (const text of child.stdout.setEncoding("utf8")) {
        said += String(text).split("\n").length - 1;
        if (said > (run + 1) * 150) child.kill("SIGKILL");
      }
      expect(await ended).toEqual([null, "SIGKILL"]);
    }
    const owned = new Set<string>();
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof store.scan>> = await store.scan("", cursor, 500);
      for (const { id, owner } of page.records) if (owner === "u") owned.add(id);
      cursor = page.cursor;
    } while (cursor !== null);
    expect(owned.size).toBeGreaterThanOrEqual(said);
    const listed = await store.listByOwner("u", 100_000);
    expect(listed).toHaveLength(owned.size);
  });

  test("an owner's index has a record before it is there", async () => {
    const store = redisStore(clients[0], { prefix: "order:", timeout: "10s" });
    const now = Date.now();
    const made = Array.from({ length: 30 }, (_, index) => newRecord(`session:${index}`, now));
    // Looks from outside at every moment: who is there must be listed.
    let running = true;
    const watch = (async () => {
      while (running) {
        const there = await Promise.all(made.map(({ id }) => store.get(id)));
        const listed = new Set((await store.listByOwner("u", 100)).map(({ id }) => id));
        for (const record of there) {
          if (record !== null && record.owner === "u") expect(listed).toContain(record.id);
        }
      }
    })();
    for (const record of made) await store.create({ ...record, owner: null });
    await Promise.all(made.map((record) => store.replace({ ...record, version: 2 })));
    await sleep(50);
    running = false;
    await watch;
    expect(await store.listByOwner("u", 100)).toHaveLength(30);
  });

  test("the rights that the README says are enough, and no less", async () => {
    const forUser = async (commands: readonly string[]): Promise<void> => {
      const rules = ["RESET", ...appRules("secret", commands)];
      for (const { port } of servers.nodes) {
        await askRedis(port, (redis) => redis.call("ACL", "SETUSER", "app", ...rules));
      }
    };
    const ports = servers.nodes.map((node) => node.port);
    const attempt = async (): Promise<unknown> => {
      const client = connectCluster(ports, { username: "app", password: "secret" });
      const store = redisStore(client, { replicas: 1, timeout: "3s" });
      try {
        await store.create(newRecord("session:a", Date.now()));
        await store.scan("", null, 10);
        return await store.deleteByOwner("u");
      } catch (error) {
        return error;
      } finally {
        client.disconnect();
      }
    };
    const all = [...rights, "wait", "cluster|slots", "cluster|info"];
    await forUser(all);
    expect(await attempt()).toBe(1);
    for (const right of ["wait", "cluster|slots", "cluster|info"]) {
      await forUser(all.filter((other) => other !== right));
      expect(await attempt()).toBeInstanceOf(Error);
    }
  });

  test("listing while records go from owner to owner loses none", async () => {
    const store = redisStore(clients[0], { prefix: "moves:", timeout: "10s" });
    const peer = redisStore(clients[1], { prefix: "moves:", timeout: "10s" });
    const record = newRecord("session:a", Date.now());
    await store.create(record);
    let running = true;
    const heal = (async () => {
      while (running) await Promise.all(["u", "v"].map((owner) => peer.listByOwner(owner, 10)));
    })();
    for (let version = 2; version < 200; version++) {
      const owner = version % 2 === 0 ? "v" : "u";
      expect(await store.replace({ ...record, owner, version })).toBe(true);
      expect(await store.listByOwner(owner, 10)).toHaveLength(1);
    }
    running = false;
    await heal;
  });

  test("kill -9 of a master under load: errors end with the failover, no logout is undone", async () => {
    let time = 0;
    const overMs = await bestOfThree(SPARE_MS, async () => {
      time += 1;
      const prefix = `load${time}:`;
      const store = redisStore(clients[0], { prefix, replicas: 1 });
      const victim = await servers.masterOf(`${prefix}r:session:0-0`);
      const load = startLoad(store);
      await sleep(500);
      const killedAt = performance.now();
      await victim.kill();
      await until(async () => (await servers.masterOf(`${prefix}r:session:0-0`)) !== victim);
      const failoverMs = performance.now() - killedAt;
      await victim.restart(); // one replica per master: it takes the old one to confirm writes again
      await until(() =>
        askRedis(victim.port, async (redis) =>
          (await redis.info("replication")).includes("master_link_status:up"),
        ),
      );
      const backAt = performance.now();
      await load.settled();
      const report = await load.stop();
      expect(report.strange).toEqual([]);
      expect(report.ended.size).toBeGreaterThan(50);
      const last = Math.max(killedAt, ...report.readErrors) - killedAt;
      const lastWrite = Math.max(backAt, ...report.writeErrors) - backAt;
      const lost = report.living.size - (await countThere(store, report.living));
      console.log(
        `failover after ${failoverMs.toFixed()} ms, last read error after ${last.toFixed()} ms,`,
        `last write error ${lastWrite.toFixed()} ms after the replica's return;`,
        `${report.ended.size} logouts, ${report.living.size} sessions, ${lost} lost`,
      );
      expect(report.revivals).toBe(0);
      expect(await countThere(store, report.ended)).toBe(0);
      expect(lost).toBe(0);
      return Math.max(last - failoverMs, lastWrite);
    });
    expect(overMs, "ms from the failover to the last error").toBeLessThan(SPARE_MS);
  });
});

function newRecord(id: string, now: number): StoredRecord {
  const times = { createdAt: now, seenAt: now, expiresAt: now + 600_000 };
  return { id, owner: "u", data: "{}", ...times, version: 1 };
}
