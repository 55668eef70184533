// Redis where there is one; a printed reason where there is none.

import { ensureRedis, REDIS_PASSWORD, type RedisPrograms } from "@latchkey/tools/redis";
import { RedisStore } from "connect-redis";
import { createClient } from "redis";

const found = await ensureRedis();

export const missing: string | null = "missing" in found ? found.missing : null;
if (missing !== null) console.warn(`skipped: ${missing}`);

export function programs(): RedisPrograms {
  if ("missing" in found) throw new Error(found.missing);
  return found;
}

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
