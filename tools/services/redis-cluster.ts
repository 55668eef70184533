// A Redis Cluster for tests: three masters, each with one replica.
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import {
  askRedis,
  REDIS_PASSWORD,
  type RedisPrograms,
  type RedisServer,
  startRedis,
} from "./redis.ts";

export { ensureRedis } from "./redis.ts";

export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  /** Who has the slot of a key now, as the first node that answers sees it. */
  masterOf(key: string): Promise<RedisServer>;
  stop(): Promise<void>;
}

const NODES = 6;
const READY_MS = 60_000;

/** @param settings More lines of every node's redis.conf. */
export async function startRedisCluster(
  programs: RedisPrograms,
  settings: readonly string[] = [],
): Promise<RedisCluster> {
  const nodes = await Promise.all(
    Array.from({ length: NODES }, async () =>
      startRedis(programs, {
        settings: [
          "cluster-enabled yes",
          "cluster-config-file nodes.conf",
          `cluster-port ${await freePort()}`,
          "cluster-node-timeout 1500",
          ...settings,
        ],
      }),
    ),
  );
  const addresses = nodes.map((node) => `127.0.0.1:${node.port}`);
  const create = ["--cluster", "create", ...addresses, "--cluster-replicas", "1", "--cluster-yes"];
  await promisify(execFile)(programs.cli, ["-a", REDIS_PASSWORD, "--no-auth-warning", ...create]);
  const end = Date.now() + READY_MS;
  for (const node of nodes) {
    // Replicas pass for masters during the first second.
    while (!(await isSettled(node.port))) {
      if (Date.now() > end) throw new Error("the Redis Cluster did not come up");
      await sleep(50);
    }
  }
  return {
    nodes,
    masterOf: (key) => findMaster(nodes, key),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

function isSettled(port: number): Promise<boolean> {
  return askRedis(port, async (redis) => {
    const state = await redis.cluster("INFO");
    const list = await redis.cluster("NODES");
    const replication = await redis.info("replication");
    return (
      String(state).includes("cluster_state:ok") &&
      String(list).match(/\bslave\b/g)?.length === NODES / 2 &&
      /role:master.*state=online|master_link_status:up/s.test(replication)
    );
  });
}

async function findMaster(nodes: readonly RedisServer[], key: string): Promise<RedisServer> {
  for (const node of nodes) {
    const port = await askRedis(node.port, async (redis) => {
      const slot = Number(await redis.cluster("KEYSLOT", key));
      for (const [from, to, master] of await redis.cluster("SLOTS")) {
        if (slot >= from && slot <= to) return Number(master?.[1]);
      }
      return null;
    }).catch(() => null);
    const master = nodes.find((candidate) => candidate.port === port);
    if (master !== undefined) return master;
  }
  throw new Error("no node of the Redis Cluster answers");
}
