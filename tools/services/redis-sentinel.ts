// A Redis master with two replicas for tests, and three Sentinels that watch over them.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type DataServer, startDataServer } from "./data-server.ts";
import { freePort } from "./free-port.ts";
import {
  askRedis,
  REDIS_PASSWORD,
  type RedisPrograms,
  type RedisServer,
  startRedis,
} from "./redis.ts";

export { ensureRedis } from "./redis.ts";

export interface RedisSentinel {
  /** For ioredis: `new Redis({ sentinels, name, password })`. */
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  readonly name: string;
  readonly nodes: readonly RedisServer[];
  /** The master by what the Sentinels say now. */
  master(): Promise<RedisServer>;
  stop(): Promise<void>;
}

const NAME = "sessions";
const READY_MS = 60_000;

/** A master is taken for dead after one second. */
export async function startRedisSentinel(programs: RedisPrograms): Promise<RedisSentinel> {
  const master = await startRedis(programs);
  const settings = [`replicaof 127.0.0.1 ${master.port}`];
  const replicas = await Promise.all([1, 2].map(() => startRedis(programs, { settings })));
  await until(() =>
    askRedis(master.port, async (redis) =>
      /connected_slaves:2.*slave0.*state=online.*slave1.*state=online/s.test(
        await redis.info("replication"),
      ),
    ),
  );
  const watchers = await Promise.all(
    [1, 2, 3].map(() => startWatcher(programs.sentinel, master.port)),
  );
  for (const { port } of watchers) {
    await until(async () => /slaves=2,sentinels=3/.test(await infoOf(port)));
  }
  const nodes = [master, ...replicas];
  return {
    sentinels: watchers.map(({ port }) => ({ host: "127.0.0.1", port })),
    name: NAME,
    nodes,
    async master() {
      const answer = await askSentinel(watchers[0]?.port ?? 0, (redis) =>
        redis.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME),
      );
      const port = Array.isArray(answer) ? Number(answer[1]) : null;
      const found = nodes.find((node) => node.port === port);
      if (found === undefined) throw new Error("the Sentinels know no master of ours");
      return found;
    },
    async stop() {
      await Promise.all([...watchers, ...nodes].map((server) => server.stop()));
    },
  };
}

async function startWatcher(command: string, master: number): Promise<DataServer> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-sentinel-"));
  const port = await freePort();
  const config = join(folder, "sentinel.conf"); // Sentinel writes to it
  const lines = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${folder}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${master} 2`,
    `sentinel auth-pass ${NAME} ${REDIS_PASSWORD}`,
    `sentinel down-after-milliseconds ${NAME} 1000`,
    `sentinel failover-timeout ${NAME} 3000`,
    `sentinel parallel-syncs ${NAME} 1`,
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  return startDataServer({
    url: `redis://127.0.0.1:${port}`,
    port,
    command,
    args: [config],
    as: {},
    folder,
    ready: async () => void (await infoOf(port)),
    stopSignal: "SIGKILL",
  });
}

function infoOf(port: number): Promise<string> {
  return askSentinel(port, (redis) => redis.info("sentinel"));
}

/** Sentinel itself has no password. */
function askSentinel<T>(port: number, ask: (redis: Redis) => Promise<T>): Promise<T> {
  return askRedis(port, ask, "");
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + READY_MS;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > end) throw new Error("Redis with Sentinel did not come up");
    await sleep(50);
  }
}
