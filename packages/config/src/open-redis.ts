// Redis by its URL, with a client that gives up rather than wait.

import { loaded } from "./load-module.ts";
import type { OpenedStore } from "./open-store.ts";

const CONNECT_MS = 1_000;
const COMMAND_MS = 400;
/** A connection that says nothing for so long, although it was asked, is given up. */
const SOCKET_MS = 1_000;

export async function openRedis(url: string, setting: string): Promise<OpenedStore> {
  const { Redis } = await loaded(import("ioredis"), setting);
  const { redisStore } = await loaded(import("@latchkey/store-redis"), setting);
  try {
    const redis = new Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      commandTimeout: COMMAND_MS,
      socketTimeout: SOCKET_MS,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false, // Nothing waits for a server that is away.
      retryStrategy: (attempt) => Math.min(attempt * 50, 500),
    });
    // Each command says for itself what went wrong; without a listener ioredis would print it all.
    redis.on("error", () => {});
    await redis
      .connect()
      .then(() => redis.ping())
      .catch((cause: unknown) => {
        redis.disconnect();
        throw cause;
      });
    return { store: redisStore(redis), close: async () => redis.disconnect() };
  } catch (cause) {
    throw new TypeError(`${setting} can't be opened: Redis does not answer`, { cause });
  }
}
