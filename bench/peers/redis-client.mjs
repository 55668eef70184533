// The Redis client that the peers' documentation names.

import { createClient } from "redis";

export async function redisClient(url) {
  const client = createClient({ url });
  client.on("error", () => {}); // each command rejects by itself
  await client.connect();
  return client;
}
