// A store by URL, so that a deployment chooses it without a change of code.

import type { Store } from "@latchkey/session-core";
import { checkServerUrl } from "./check-server-url.ts";
import { loaded } from "./load-module.ts";
import { openRedis } from "./open-redis.ts";
import { openMysql, openPostgres, openSqlite } from "./open-sql.ts";

export interface OpenedStore {
  store: Store;
  /** Closes what was opened; the store can't be used afterwards. */
  close(): Promise<void>;
}

type Open = (url: string, setting: string) => Promise<OpenedStore>;

const openers: Readonly<Record<string, Open>> = {
  memory: openMemory,
  file: (url, setting) => openFile(pathOf(url, "file:./sessions.json", setting), setting),
  sqlite: (url, setting) => openSqlite(pathOf(url, "sqlite:./latchkey.db", setting), setting),
  redis: server(openRedis),
  rediss: server(openRedis),
  postgres: server(openPostgres),
  postgresql: server(openPostgres),
  mysql: server(openMysql),
};

/**
 * Opens a store: `memory:`, `file:` or `sqlite:` and a path, `redis://` (`rediss://` over TLS),
 * `postgres://` or `mysql://`. The packages that it needs are loaded only then.
 *
 * @param setting What the URL is called in an error.
 * @throws {TypeError} When the URL is of no known kind or is written wrongly, a package is not
 * installed, or the store can't be opened. Neither the error nor its cause shows a password.
 */
export async function openStore(url: string, setting = "STORE"): Promise<OpenedStore> {
  const scheme = /^([a-z0-9+]+):/.exec(url)?.[1] ?? "";
  const open = Object.hasOwn(openers, scheme) ? openers[scheme] : undefined;
  if (open !== undefined) return open(url, setting);
  const known = Object.keys(openers).map((name) => `${name}:`);
  // No more than the scheme: the rest may hold a password, and without `//` this may be one.
  const not = url.startsWith(`${scheme}://`) && scheme ? `, not '${scheme.slice(0, 20)}://'` : "";
  throw new TypeError(`${setting} must start with one of ${known.join(" ")}${not}`);
}

function server(open: Open): Open {
  return async (url, setting) => {
    checkServerUrl(url, setting);
    return open(url, setting);
  };
}

function pathOf(url: string, example: string, setting: string): string {
  const path = url.slice(url.indexOf(":") + 1);
  if (path === "") throw new TypeError(`${setting} needs a file: ${example}`);
  return path;
}

async function openMemory(_url: string, setting: string): Promise<OpenedStore> {
  const { memoryStore } = await loaded(import("@latchkey/store-memory"), setting);
  return { store: memoryStore(), close: async () => {} };
}

async function openFile(path: string, setting: string): Promise<OpenedStore> {
  const { openFileStore } = await loaded(import("@latchkey/store-file"), setting);
  try {
    const store = await openFileStore(path, { flush: "write-through" });
    return { store, close: () => store.close() };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : path;
    throw new TypeError(`${setting} can't be opened: ${why}`, { cause });
  }
}
