// A database server that hangs, dies, comes back or refuses writes: StoreError soon, and no store
// that stays away after the server is back.
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@latchkey/session-core";
import { startFaultProxy } from "@latchkey/tools/fault-proxy";
import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type SqlStore, sqlStore } from "../src/index.ts";
import { newRecord } from "./server-store.ts";
import { newTable, type Server } from "./servers.ts";

// 400 ms are what is promised; the rest is for a busy machine.
const ANSWER_MS = 1_200;
const RECOVERY_MS = 5_000;

export function faultsSuite(server: () => Server): void {
  describe("faults", { timeout: 60_000 }, () => faults(server));
}

function faults(server: () => Server): void {
  let db: Kysely<unknown>;
  let store: SqlStore;
  const old = newRecord("session:old", { expiresAt: Date.now() + 600_000 });
  beforeEach(async () => {
    const { data, open } = server();
    db = open(data.url, { limit: "1s" });
    store = sqlStore(db, { table: newTable() });
    await store.migrate();
    await eventually(async () => (await store.create(old)) || (await store.get(old.id)) !== null);
  });
  afterEach(() => db.destroy());

  test("frozen: every call is answered in time, and again once it goes on", async () => {
    const { data } = server();
    // As many as the pool has connections, all in the middle of something.
    data.freeze();
    try {
      const calls = Array.from({ length: 30 }, () => store.get("session:old"));
      for (const call of calls) await expectUnavailable(call);
      await expectUnavailable(store.replace({ ...old, version: 2 }));
      await expectUnavailable(store.touch("session:old", Date.now(), Date.now()));
      await expectUnavailable(store.listByOwner("u1", 10));
    } finally {
      data.resume();
    }
    await expectRecovery();
  });

  test("frozen before the first connection: a new pool's store recovers too", async () => {
    const { data, open } = server();
    const fresh = open(data.url, { limit: "1s" });
    const late = sqlStore(fresh, { table: newTable() });
    data.freeze();
    try {
      await expectUnavailable(late.get("session:a"));
    } finally {
      data.resume();
    }
    await eventually(async () => (await late.get("session:a")) === null);
    await fresh.destroy();
  });

  test("connections that fell silent for good are ended, and replaced", async () => {
    const { data, open } = server();
    const proxy = await startFaultProxy(data.port);
    const far = open(data.url.replace(`:${data.port}/`, `:${proxy.port}/`), { limit: "1s" });
    const away = sqlStore(far, { table: newTable() });
    await away.migrate();
    await away.create(old);
    await proxy.set("blackhole");
    const calls = Array.from({ length: 30 }, () => away.get("session:a")); // all of the pool
    for (const call of calls) await expectUnavailable(call);
    await proxy.set("pass");
    const began = performance.now();
    await eventually(async () => (await away.get("session:old")) !== null);
    await eventually(() => away.touch("session:old", 2, 2));
    expect(performance.now() - began).toBeLessThan(RECOVERY_MS);
    await far.destroy();
    await proxy.stop();
  });

  test("killed in the middle of writes, gone for a second, back: nothing answered is lost", async () => {
    const { data } = server();
    const answered: string[] = [];
    let writing = true;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let count = 0; writing; count++) {
        const id = `session:${writer}-${count}`;
        try {
          if (await store.create({ ...old, id })) answered.push(id);
        } catch (error) {
          expect(error).toBeInstanceOf(StoreError);
          await sleep(10);
        }
      }
    });
    await sleep(150);
    await data.kill();
    for (let call = 0; call < 5; call++) await expectUnavailable(store.get("session:old"));
    await sleep(1_000);
    await expectUnavailable(store.delete("session:old"));
    await data.restart();
    await expectRecovery();
    writing = false;
    await Promise.all(writers);
    expect(answered.length).toBeGreaterThan(10);
    for (const id of answered) expect(await store.get(id), id).not.toBeNull();
  });

  test("read-only: reads go on, writes reject, and work again afterwards", async () => {
    const { setReadOnly } = server();
    await setReadOnly(true);
    try {
      await eventually(async () => !(await succeeds(store.touch("session:old", 2, 2))));
      for (let call = 0; call < 5; call++) {
        await expectUnavailable(store.replace({ ...old, version: 2 }));
        expect(await store.get("session:old")).toMatchObject({ version: 1, data: old.data });
      }
      await expectUnavailable(store.create(newRecord("session:new")));
      await expectUnavailable(store.delete("session:old"));
      await expectUnavailable(store.deleteExpired(10));
    } finally {
      await setReadOnly(false);
    }
    await expectRecovery();
  });

  test("an error's cause is the driver's, and tells nothing of the record", async () => {
    const { data, setReadOnly } = server();
    const secret = "a secret in a session";
    const failures: unknown[] = [];
    const fail = (error: unknown): unknown => failures.push(error);
    await store.replace({ ...old, data: secret, seenAt: 0.5, version: 2 }).catch(fail);
    await setReadOnly(true);
    try {
      await eventually(() => succeeds(store.touch("session:old", 2, 2)).then((done) => !done));
      await store.replace({ ...old, data: secret, version: 2 }).catch(fail);
    } finally {
      await setReadOnly(false);
    }
    await data.kill();
    await store.create({ ...old, id: secret, data: secret }).catch(fail);
    await data.restart();
    expect(failures.length).toBeGreaterThanOrEqual(2);
    for (const failure of failures) {
      if (!(failure instanceof StoreError)) throw new Error("expected a StoreError");
      expect(everything(failure)).not.toContain(secret);
      expect(everything(failure)).not.toContain(Buffer.from(secret).toString("hex"));
    }
    expect(failures[0]).toHaveProperty("cause", expect.any(Error));
  });

  async function expectRecovery(): Promise<void> {
    const began = performance.now();
    await eventually(() => store.touch("session:old", Date.now(), Date.now()));
    await eventually(async () => (await store.get("session:old")) !== null);
    expect(performance.now() - began).toBeLessThan(RECOVERY_MS);
    if (process.env["SHOW_TIMES"]) console.log("recovery ms", performance.now() - began);
  }
}

async function expectUnavailable(answer: Promise<unknown>): Promise<void> {
  const began = performance.now();
  const error: unknown = await answer.then(
    (value) => value,
    (reason) => reason,
  );
  if (!(error instanceof StoreError)) throw new Error(`expected a StoreError, got ${error}`);
  expect(error.code).toBe("ERR_STORE_UNAVAILABLE");
  expect(performance.now() - began).toBeLessThan(ANSWER_MS);
  if (process.env["SHOW_TIMES"]) console.log("answer ms", performance.now() - began);
}

async function eventually(work: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; ; await sleep(20)) {
    try {
      if (await work()) return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error("it never came to pass");
  }
}

function succeeds(answer: Promise<unknown>): Promise<boolean> {
  return answer.then(
    () => true,
    () => false,
  );
}

/** All that a logger could find on an error. */
function everything(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((name) => [name, Reflect.get(error, name)]);
  return `${JSON.stringify(own, (_key, value) => (typeof value === "bigint" ? `${value}` : value))} ${everything(error.cause)}`;
}
