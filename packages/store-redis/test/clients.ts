// Clients as the README says they should be, and servers that are started once per file.
import { REDIS_PASSWORD } from "@latchkey/tools/redis";
import { Cluster, Redis, type RedisOptions } from "ioredis";

type Options = RedisOptions & { replyMapping?: "legacy" };

/** What the README recommends. */
const recommended: Options = {
  commandTimeout: 400,
  connectTimeout: 1_000,
  socketTimeout: 1_000,
  maxRetriesPerRequest: 1,
  retryStrategy: (times) => Math.min(50 * times, 500),
};

export function connect(port: number, options: Options = {}): Redis {
  const redis = new Redis({
    ...recommended,
    host: "127.0.0.1",
    port,
    password: REDIS_PASSWORD,
    ...options,
  });
  redis.on("error", () => {}); // calls reject by it
  return redis;
}

export function connectCluster(
  ports: readonly number[],
  user: { username?: string; password: string } = { password: REDIS_PASSWORD },
): Cluster {
  const { commandTimeout, connectTimeout, socketTimeout, maxRetriesPerRequest } = recommended;
  const cluster = new Cluster(
    ports.map((port) => ({ host: "127.0.0.1", port })),
    {
      clusterRetryStrategy: (times) => Math.min(50 * times, 500),
      slotsRefreshInterval: 1_000,
      slotsRefreshTimeout: 1_000,
      redisOptions: {
        ...user,
        commandTimeout,
        connectTimeout,
        socketTimeout,
        maxRetriesPerRequest,
      },
    },
  );
  cluster.on("error", () => {});
  return cluster;
}

/** The smallest that works, as the README says; in a cluster two more. */
export const rights: readonly string[] = [
  "evalsha",
  "eval",
  "time",
  "hmget",
  "hset",
  "pexpire",
  "pttl",
  "del",
  "zadd",
  "zrange",
  "zscore",
  "zrem",
  "zremrangebyscore",
  "scan",
];

/** For an ACL file, or ACL SETUSER. */
export function appRules(password: string, commands: readonly string[]): string[] {
  const allowed = commands.map((command) => `+${command}`);
  return ["on", `>${password}`, "~latchkey:*", "resetchannels", "-@all", ...allowed];
}
