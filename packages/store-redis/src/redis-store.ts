// The Store over an ioredis client of the user's.
import { randomBytes } from "node:crypto";
import {
  boundedStore,
  type Duration,
  durationMs,
  type Store,
  type StoredRecord,
} from "@latchkey/session-core";
import type { Cluster, Redis } from "ioredis";
import { ownerIndex } from "./owner-index.ts";
import { ownerField, parseOwner, parseRecord, recordFields } from "./parse-record.ts";
import {
  ANNOUNCE_FIRST,
  create,
  DELETED,
  REFUSED,
  remove,
  replace,
  type Script,
  touch,
  WRITTEN,
} from "./redis-scripts.ts";
import { scanIds } from "./scan-ids.ts";
import { scriptRunner } from "./script-runner.ts";
import { storeFailure } from "./store-failure.ts";

export interface RedisStoreOptions {
  /** What all keys begin with. Default `'latchkey:'`. */
  readonly prefix?: string;
  /** How long one call may take. Default `'400ms'`. */
  readonly timeout?: Duration;
  /** How many replicas must have a write before it is answered; `touch` excepted. Default 0. */
  readonly replicas?: number;
  /** The clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

/** Redis keeps a record for longer than it lives, since the clocks of two servers may differ. */
const LINGER_MS = 60_000;

/** Beyond a record's expiry, so that touching it rarely means writing to the index as well. */
const INDEX_AHEAD_MS = 24 * 3_600_000;

/** Beyond that, for the difference between clocks. */
const INDEX_LINGER_MS = 3_600_000;

/** For a record whose owner changes at that very moment, again and again. */
const MAX_TRIES = 5;

/**
 * Keeps records in Redis 6.2 or later: alone, in a cluster or behind Sentinel.
 *
 * @param redis Your ioredis client; closing it stays with you.
 * @returns A store whose methods reject with `StoreError`: `ERR_STORE_FULL` when Redis is out of
 * memory, `ERR_STORE_UNAVAILABLE` otherwise, with ioredis' error as `cause`.
 * @throws {TypeError} That names the option, for a wrong one and for a client that reads replicas.
 *
 * @example
 * ```ts
 * import { redisStore } from "@latchkey/store-redis";
 * import { Redis } from "ioredis";
 *
 * const redis = new Redis("redis://localhost:6379", { commandTimeout: 400 });
 * const store = redisStore(redis);
 * ```
 */
export function redisStore(redis: Redis | Cluster, options: RedisStoreOptions = {}): Store {
  const { prefix = "latchkey:", timeout = "400ms", replicas = 0, now = Date.now } = options;
  checkClient(redis);
  if (typeof prefix !== "string") throw new TypeError("prefix must be a string");
  if (!Number.isSafeInteger(replicas) || replicas < 0) {
    throw new TypeError("replicas must be a whole number of at least 0");
  }
  // Half of it: while Redis waits for a replica, it answers nobody else on this connection.
  const waitMs = Math.ceil(durationMs(timeout, "timeout") / 2);
  const scripts = scriptRunner(redis, replicas, waitMs);
  const recordKey = (id: string): string => `${prefix}r:${id}`;
  const indexKey = (owner: string): string => `${prefix}o:${owner}`;
  const index = ownerIndex(redis, scripts, indexKey);
  const calls = callNames();

  /** Writes a record after its index entry: in one script, or one after the other in a cluster. */
  async function write(script: Script, record: StoredRecord, announced: boolean): Promise<boolean> {
    const { id, owner, data, createdAt, seenAt, expiresAt, version } = record;
    const call = calls();
    let until = "0";
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const time = now();
      const indexedFor = Math.max(1, indexMs(expiresAt, time));
      if (owner !== null && redis.isCluster && (announced || tries > 0)) {
        until = await index.announce(owner, id, indexedFor);
      }
      const keys = [recordKey(id)];
      if (owner !== null && !redis.isCluster) keys.push(indexKey(owner));
      const fields = [ownerField(owner), data, createdAt, seenAt, expiresAt, version];
      const times = [ttlMs(expiresAt, time), expiresAt + INDEX_AHEAD_MS, indexedFor, until];
      const answer = Number(
        await scripts.confirm(script, keys, [time, call, id, ...fields, ...times]),
      );
      if (answer === WRITTEN) return true;
      if (answer === REFUSED) return false;
      if (answer !== ANNOUNCE_FIRST) break;
    }
    throw new Error("the record's owner could not be indexed");
  }

  async function raise(id: string, seenAt: number, expiresAt: number): Promise<boolean> {
    let announced: (string | number)[] = [];
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const time = now();
      const args = [time, seenAt, expiresAt, ttlMs(expiresAt, time), ...announced];
      const answer = await scripts.run(touch, [recordKey(id)], args);
      const owner = ownerOf(answer);
      if (owner === null) return Number(answer) === 1;
      const until = await index.announce(owner, id, indexMs(expiresAt, time));
      announced = [ownerField(owner), expiresAt + INDEX_AHEAD_MS, until];
    }
    throw new Error("the record's owner could not be indexed");
  }

  /** The records that are live at `time`; at -Infinity all that Redis has. */
  async function readIds(ids: readonly string[], time: number): Promise<StoredRecord[]> {
    const records = await Promise.all(
      ids.map(async (id) =>
        parseRecord(id, await redis.hmget(recordKey(id), ...recordFields), time),
      ),
    );
    return records.filter((record) => record !== null);
  }

  const store: Store = {
    create: (record) => named("create", () => write(create, record, true)),

    get: (id) =>
      named("get", async () =>
        parseRecord(id, await redis.hmget(recordKey(id), ...recordFields), now()),
      ),

    replace: (next) => named("replace", () => write(replace, next, false)),

    touch: (id, seenAt, expiresAt) => named("touch", () => raise(id, seenAt, expiresAt)),

    delete: (id) =>
      named("delete", async () => {
        const answer = await scripts.confirm(remove, [recordKey(id)], [now()]);
        if (!isDeleted(answer)) return false;
        const owner = ownerOf(answer.slice(DELETED.length));
        if (owner !== null) index.heal(owner, [id]);
        return true;
      }),

    listByOwner: (owner, limit) =>
      named("listByOwner", async () => {
        let newest: StoredRecord[] = [];
        for (const ids of await index.idsOf(owner)) {
          const theirs = await readIds(ids, -Infinity);
          const records = theirs.filter((record) => record.owner === owner);
          // What has expired by our clock may be live, and touched, by that of another server.
          const there = new Set(records.map((record) => record.id));
          index.heal(
            owner,
            ids.filter((id) => !there.has(id)),
          );
          const time = now();
          newest = [...newest, ...records.filter((record) => time < record.expiresAt)]
            .sort((a, b) => b.seenAt - a.seenAt)
            .slice(0, limit);
        }
        return newest;
      }),

    scan: (start, cursor, limit) =>
      named("scan", async () => {
        const page = await scanIds(redis, recordKey(""), start, cursor, limit);
        return { records: await readIds(page.ids, now()), cursor: page.cursor };
      }),

    deleteByOwner: (owner, exceptId) =>
      named("deleteByOwner", async () => {
        let count = 0;
        for (const batch of await index.idsOf(owner)) {
          const ids = batch.filter((id) => id !== exceptId);
          const args = [now(), ownerField(owner)];
          const answers = await Promise.all(
            ids.map((id) => scripts.confirm(remove, [recordKey(id)], args)),
          );
          count += answers.filter(isDeleted).length;
          index.heal(owner, ids);
        }
        return count;
      }),

    deleteExpired: async () => 0, // Redis does it
  };
  return boundedStore(store, { timeout });
}

async function named<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeFailure(what, error);
  }
}

/** The owner that a script answered with; `null` when it answered something else. */
function ownerOf(answer: unknown): string | null {
  return typeof answer === "string" && answer.startsWith("=") ? parseOwner(answer) : null;
}

function isDeleted(answer: unknown): answer is string {
  return typeof answer === "string" && answer.startsWith(DELETED);
}

function ttlMs(expiresAt: number, now: number): number {
  return Math.ceil(expiresAt - now) + LINGER_MS;
}

function indexMs(expiresAt: number, now: number): number {
  return Math.ceil(expiresAt - now) + INDEX_AHEAD_MS + INDEX_LINGER_MS;
}

/** A name for every call that writes, unlike those of any other process. */
function callNames(): () => string {
  const process = randomBytes(6).toString("base64url");
  let count = 0;
  return () => `${process}${(count++).toString(36)}`;
}

function checkClient(redis: Redis | Cluster): void {
  if (typeof redis?.evalsha !== "function") throw new TypeError("redis must be an ioredis client");
  const { options } = redis;
  // A replica may not know yet that a session has ended.
  if ("scaleReads" in options && options.scaleReads !== "master") {
    throw new TypeError("redis must read from masters: scaleReads must be 'master'");
  }
  if ("role" in options && options.role === "slave") {
    throw new TypeError("redis must be connected to the master: role must not be 'slave'");
  }
}
