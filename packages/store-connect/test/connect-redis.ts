// One process of an application with connect-redis.

import { REDIS_PASSWORD } from "@latchkey/tools/redis";
import { RedisStore } from "connect-redis";
import { createClient } from "redis";

export interface Connected {
  /** A store as one process of an application has it. */
  store(prefix: string): RedisStore;
  close(): void;
}

/** One connection of node-redis. */
export async function connect(port: number): Promise<Connected> {
  const client = createClient({ socket: { port, host: "127.0.0.1" }, password: REDIS_PASSWORD });
  client.on("error", () => {});
  await client.connect();
  return {
    store: (prefix) => new RedisStore({ client, prefix }),
    close: () => client.destroy(),
  };
}
