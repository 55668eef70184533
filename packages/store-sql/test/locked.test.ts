// Another process holds the lock of the SQLite file: whoever writes is told so soon, and this process
// does everything else meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { type StoredRecord, StoreError } from "@latchkey/session-core";
import { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sqlStore } from "../src/index.ts";
import { nodeSqliteDialect } from "../src/node-sqlite.ts";
import { type Child, startChild } from "./child-process.ts";
import { openBetterSqlite3, openNodeSqlite, type TestFile, testFile } from "./databases.ts";

const locker = new URL("./children/locker.ts", import.meta.url);
const committer = new URL("./children/committer.ts", import.meta.url);
/** The machine that tests may be busy; without the limit it would be five seconds. */
const SOON_MS = 2_500;

const drivers: [name: string, open: (path: string) => Kysely<unknown>][] = [
  ["node:sqlite", (path) => openNodeSqlite(path)],
  ["better-sqlite3", (path) => openBetterSqlite3(path, { timeout: 0 })],
];

describe.each(drivers)("%s", (_name, open) => {
  let file: TestFile;
  let db: Kysely<unknown>;
  let holder: Child | null;
  beforeEach(() => {
    file = testFile();
    db = open(file.path);
    holder = null;
  });
  afterEach(async () => {
    await release();
    await db.destroy();
    file.remove();
  });

  async function lock(program = locker, ...args: string[]): Promise<void> {
    holder = startChild(program, file.path, ...args);
    while (holder.lines().length === 0) await sleep(5);
  }
  async function release(): Promise<void> {
    holder?.process.kill("SIGTERM");
    expect((await holder?.ended) ?? 0).toBe(0); // it held on until now
    holder = null;
  }

  test("writes fail within half a second, a hundred as soon as one; reads go on", async () => {
    const store = sqlStore(db);
    const old = record("session:old");
    await store.create(old);
    await lock();
    const loop = countTurns();
    const began = performance.now();
    const writes = [
      ...Array.from({ length: 94 }, (_, index) => store.create(record(`session:${index}`))),
      store.replace({ ...old, data: "1", version: 2 }),
      store.touch(old.id, old.seenAt + 1, old.expiresAt + 1),
      store.delete(old.id),
      store.deleteByOwner("u1"),
      store.deleteExpired(10),
      store.create(old),
    ].map(async (write) => [await refusal(write), performance.now() - began] as const);
    for (let turn = 0; turn < 10; turn++) {
      expect(await store.get(old.id)).toEqual(old);
      expect(await store.listByOwner("u1", 10)).toEqual([old]);
      await sleep(20);
    }
    for (const [error, ms] of await Promise.all(writes)) {
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toHaveProperty("code", "ERR_STORE_UNAVAILABLE");
      expect(error).toHaveProperty("cause.message", expect.stringMatching(/locked/));
      expect(ms).toBeGreaterThan(390);
      expect(ms).toBeLessThan(SOON_MS);
    }
    expect(loop.stop(), "turns of the event loop meanwhile").toBeGreaterThan(20);
    await release();
    // What was refused does not come to pass later.
    expect((await store.scan("session:", null, 200)).records).toEqual([old]);
    expect(await store.delete(old.id)).toBe(true);
  });

  test("a lock that is released in time is waited for", async () => {
    const store = sqlStore(db, { timeout: "20s" });
    await store.migrate();
    await lock();
    const loop = countTurns();
    const writes = Array.from({ length: 50 }, (_, index) =>
      store.create(record(`session:${index}`)),
    );
    await sleep(600);
    await release();
    expect(new Set(await Promise.all(writes))).toEqual(new Set([true]));
    expect(loop.stop()).toBeGreaterThan(20);
  });

  test("a process that writes all the time is no reason to fail", async () => {
    const store = sqlStore(db);
    await store.migrate();
    await lock(committer);
    const writes = Array.from({ length: 30 }, (_, index) =>
      store.create(record(`session:${index}`)),
    );
    expect(new Set(await Promise.all(writes))).toEqual(new Set([true]));
  });

  test("what holds up this process doesn't count", async () => {
    const store = sqlStore(db);
    await store.migrate();
    await lock(locker, "800");
    const write = store.create(record("session:a"));
    await sleep(50);
    for (const until = performance.now() + 600; performance.now() < until; );
    expect(await write).toBe(true);
    expect(await holder?.ended).toBe(0);
    holder = null;
  });

  test("a start waits longer: another process may be busy with the same", async () => {
    await sqlStore(db, { table: "others" }).migrate();
    await lock();
    const migrated = sqlStore(db).migrate();
    await sleep(700);
    await release();
    await migrated;
  });
});

test("node:sqlite waits as long as it is told to", async () => {
  const file = testFile();
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(file.path, { lockWait: "20s" }) });
  const store = sqlStore(db);
  await store.migrate();
  const holder = startChild(locker, file.path);
  while (holder.lines().length === 0) await sleep(5);
  const write = store.create(record("session:a"));
  await sleep(700);
  holder.process.kill("SIGTERM");
  expect(await write).toBe(true);
  expect(await holder.ended).toBe(0);
  await db.destroy();
  file.remove();
});

test("a lockWait that is no duration is refused", () => {
  // @ts-expect-error: a number has no unit
  expect(() => nodeSqliteDialect("a.db", { lockWait: 400 })).toThrow(/^lockWait must be/);
});

/** Proof that nothing holds up this process. */
function countTurns(): { stop(): number } {
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  return {
    stop() {
      clearInterval(timer);
      return turns;
    },
  };
}

function refusal(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => null,
    (reason: unknown) => reason,
  );
}

function record(id: string): StoredRecord {
  const now = Date.now();
  const times = { createdAt: now, seenAt: now, expiresAt: now + 600_000 };
  return { id, owner: "u1", data: "{}", ...times, version: 1 };
}
