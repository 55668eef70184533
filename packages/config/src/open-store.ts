// A store by URL, so that a deployment chooses it without a change of code.

import type { Store } from "@latchkey/session-core";

export interface OpenedStore {
  store: Store;
  /** Closes what was opened; the store can't be used afterwards. */
  close(): Promise<void>;
}

/**
 * Opens a store: `memory:`, or `sqlite:` and a file (`sqlite:./latchkey.db`). The package that it
 * needs is loaded only then.
 *
 * @param setting What the URL is called in an error.
 * @throws {TypeError} When the URL is of no known kind, its package is not installed, or the
 * database can't be opened.
 */
export async function openStore(url: string, setting = "STORE"): Promise<OpenedStore> {
  const [, scheme = "", rest = ""] = /^([a-z0-9+]+):(.*)$/s.exec(url) ?? [];
  switch (scheme) {
    case "memory":
      return openMemory(setting);
    case "sqlite":
      if (rest === "") throw new TypeError(`${setting} needs a file: sqlite:./latchkey.db`);
      return openSqlite(rest, setting);
    default:
      // Only the scheme: the rest may hold a password.
      throw new TypeError(
        `${setting} must start with memory: or sqlite:, not '${scheme.slice(0, 20)}:'`,
      );
  }
}

async function openMemory(setting: string): Promise<OpenedStore> {
  const { memoryStore } = await loaded(import("@latchkey/store-memory"), setting);
  return { store: memoryStore(), close: async () => {} };
}

async function openSqlite(file: string, setting: string): Promise<OpenedStore> {
  const { Kysely } = await loaded(import("kysely"), setting);
  const { sqlStore } = await loaded(import("@latchkey/store-sql"), setting);
  const { nodeSqliteDialect } = await loaded(import("@latchkey/store-sql/node-sqlite"), setting);
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(file) });
  const store = sqlStore(db);
  try {
    await store.migrate(); // A file that can't be opened should stop the start, not a visitor.
  } catch (cause) {
    await db.destroy();
    throw new TypeError(`${setting} can't be opened: ${file}`, { cause });
  }
  return { store, close: () => db.destroy() };
}

/** Says which package to install. */
async function loaded<T>(module: Promise<T>, setting: string): Promise<T> {
  try {
    return await module;
  } catch (cause) {
    const missing = cause instanceof Error ? /package '([^']+)'/.exec(cause.message)?.[1] : null;
    if (!missing) throw cause;
    throw new TypeError(`${setting} needs a package that is not installed: ${missing}`, { cause });
  }
}
