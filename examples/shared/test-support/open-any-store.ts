// A store by URL, also those that an app opens by more than a URL of its own: sealed cookies, MongoDB,
// and stores that were made for express-session.

import { type OpenedStore, openStore } from "@latchkey/config";
import { connectStore } from "@latchkey/store-connect";
import { cookieStore } from "@latchkey/store-cookie";
import { type MongoRecord, mongoStore } from "@latchkey/store-mongodb";
import { RedisStore } from "connect-redis";
import session from "express-session";
import { MongoClient } from "mongodb";
import { createClient } from "redis";

const CONNECT_MS = 1_000;

/**
 * @param url What `openStore` takes, or `cookie:` and the URL of the store for what was ended,
 * `mongodb://…`, `connect:memory` or `connect:redis://…`
 * @param keys For the cookies.
 */
export function openAnyStore(url: string, keys: readonly string[]): Promise<OpenedStore> {
  if (url.startsWith("cookie:")) return openCookies(url.slice("cookie:".length), keys);
  if (url.startsWith("mongodb:")) return openMongo(url);
  if (url === "connect:memory") return openMemory();
  if (url.startsWith("connect:")) return openConnectRedis(url.slice("connect:".length));
  return openStore(url);
}

async function openCookies(listUrl: string, keys: readonly string[]): Promise<OpenedStore> {
  const { store: revocations, close } = await openStore(listUrl);
  return { store: cookieStore({ keys, revocations }), close };
}

async function openMongo(url: string): Promise<OpenedStore> {
  const client = new MongoClient(url, { connectTimeoutMS: CONNECT_MS });
  const store = mongoStore(client.db("app").collection<MongoRecord>("latchkey_records"));
  await store.migrate();
  return { store, close: () => client.close() };
}

async function openMemory(): Promise<OpenedStore> {
  return { store: connectStore(new session.MemoryStore()), close: async () => {} };
}

async function openConnectRedis(url: string): Promise<OpenedStore> {
  const client = createClient({
    url,
    disableOfflineQueue: true, // Nothing waits for a server that is away.
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (attempt) => Math.min(attempt * 50, 500),
    },
  });
  client.on("error", () => {}); // Every call reports its own failure.
  await client.connect();
  return { store: connectStore(new RedisStore({ client })), close: async () => client.destroy() };
}
