// Our stores, as an application opens them; their calls are counted.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@latchkey/session-core";
import { cookieStore } from "@latchkey/store-cookie";
import { memoryStore } from "@latchkey/store-memory";
import { redisStore } from "@latchkey/store-redis";
import { sqlStore } from "@latchkey/store-sql";
import { nodeSqliteDialect } from "@latchkey/store-sql/node-sqlite";
import { Redis } from "ioredis";
import { Kysely } from "kysely";
import type { Context } from "../subject.ts";

export interface Options {
  store: Store;
  keys: string[];
}

const keys = ["a secret of the benchmark, 32 characters or more"];

export function memoryOptions({ count }: Context): Options {
  return { store: counted(memoryStore({ maxRecords: 1_000_000 }), count), keys };
}

/** A database file, by Node's own client; every write is synced to disk. */
export function sqliteOptions({ count }: Context): Options {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(join(folder, "sessions.db")) });
  return { store: counted(sqlStore(db), count), keys };
}

/** Patient: on a busy machine an answer may take longer than an application would wait. */
export function redisOptions({ redisUrl }: Context): Options {
  return { store: redisStore(new Redis(redisUrl), { timeout: "10s" }), keys };
}

/** Adapters want it with a list of revoked sessions, which every read asks; this one is in memory. */
export function cookieOptions({ count }: Context): Options {
  return { store: cookieStore({ keys, revocations: counted(memoryStore(), count) }), keys };
}

function counted(store: Store, count: (call: string) => void): Store {
  function wrap<Args extends unknown[], Result>(
    name: keyof Store,
    call: (...args: Args) => Result,
  ): (...args: Args) => Result {
    return (...args) => {
      count(name);
      return call(...args);
    };
  }
  return {
    create: wrap("create", (record) => store.create(record)),
    get: wrap("get", (id) => store.get(id)),
    replace: wrap("replace", (next) => store.replace(next)),
    touch: wrap("touch", (id, seenAt, expiresAt) => store.touch(id, seenAt, expiresAt)),
    delete: wrap("delete", (id) => store.delete(id)),
    listByOwner: wrap("listByOwner", (owner, limit) => store.listByOwner(owner, limit)),
    scan: wrap("scan", (prefix, cursor, limit) => store.scan(prefix, cursor, limit)),
    deleteByOwner: wrap("deleteByOwner", (owner, id) => store.deleteByOwner(owner, id)),
    deleteExpired: wrap("deleteExpired", (limit) => store.deleteExpired(limit)),
  };
}
