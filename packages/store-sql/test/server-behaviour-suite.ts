// What the contract can't see, on a database server: statements, many processes, the purge, what is
// in the table, and text that tries to be SQL.

import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, type StoredRecord } from "@latchkey/session-core";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SqlStore, sqlStore } from "../src/index.ts";
import { manyWriters } from "./many-writers.ts";
import { newRecord } from "./server-store.ts";
import { newTable, type Server } from "./servers.ts";

const PATIENT = { timeout: "20s" } as const;

export function behaviourSuite(server: () => Server): void {
  const statements: string[] = [];
  let db: Kysely<unknown>;
  let store: SqlStore;
  const table = newTable();
  beforeAll(async () => {
    const { data, open } = server();
    db = open(data.url, { log: ({ query }) => statements.push(query.sql) });
    store = sqlStore(db, { ...PATIENT, table });
    await store.migrate();
  });
  afterAll(() => db.destroy());

  test("every uncontended operation is one statement", async () => {
    const first = newRecord("session:a");
    const counts: Record<string, number> = {};
    const count = async (name: string, work: () => Promise<unknown>): Promise<void> => {
      statements.length = 0;
      await work();
      counts[name] = statements.length;
    };
    await count("create", () => store.create(first));
    await count("get", () => store.get("session:a"));
    await count("replace", () => store.replace({ ...first, version: 2 }));
    await count("touch", () => store.touch("session:a", first.seenAt, first.expiresAt + 1));
    await count("touch that raises nothing", () => store.touch("session:a", 1, 1));
    await count("listByOwner", () => store.listByOwner("u1", 10));
    await count("scan", () => store.scan("session:", null, 10));
    await count("deleteExpired", () => store.deleteExpired(1_000));
    await count("delete", () => store.delete("session:a"));
    await count("deleteByOwner", () => store.deleteByOwner("u1"));
    await count("migrate", () => sqlStore(db, { ...PATIENT, table }).migrate());
    const others = Object.entries(counts).filter(([, statementCount]) => statementCount !== 1);
    // No `returning` there: the expired ones go first, so that the live ones can be counted.
    const isMysql = !db.getExecutor().adapter.supportsReturning;
    expect(others).toEqual(isMysql ? [["deleteByOwner", 2]] : []);
  });

  test("what was deleted after it expired doesn't come back by a touch that was held up", async () => {
    let time = Date.now();
    const fresh = newTable();
    const late = sqlStore(db, { ...PATIENT, table: fresh, now: () => time });
    const ontime = sqlStore(db, { ...PATIENT, table: fresh, now: () => time + 100 });
    await late.migrate();
    for (const [id, end] of [
      ["late:1", () => ontime.delete("late:1").then(Number)],
      ["late:2", () => ontime.deleteByOwner("u1")],
      ["late:3", () => ontime.deleteByOwner("u1", "late:none")],
    ] as const) {
      const record = newRecord(id, { expiresAt: time + 50 });
      await late.create(record);
      expect(await end()).toBe(0);
      expect(await late.touch(id, time, time + 1_000)).toBe(false);
      expect(await late.replace({ ...record, expiresAt: time + 1_000, version: 2 })).toBe(false);
      time += 1;
      expect(await ontime.get(id)).toBeNull();
    }
  });

  test("ten pools make a table at once: one table, no error", async () => {
    const { data, open } = server();
    for (let round = 0; round < 5; round++) {
      const fresh = newTable();
      const pools = Array.from({ length: 10 }, () => open(data.url));
      await Promise.all(pools.map((pool) => sql`select 1`.execute(pool))); // connected, all ready
      const stores = pools.map((pool) => sqlStore(pool, { ...PATIENT, table: fresh }));
      await Promise.all(stores.map((one) => one.migrate()));
      const answers = stores.map((one, index) => one.create(newRecord(`session:${index % 5}`)));
      expect((await Promise.all(answers)).filter(Boolean)).toHaveLength(5);
      await Promise.all(pools.map((pool) => pool.destroy()));
    }
  });

  test("a deadlock is tried again, not failed", async () => {
    for (const id of ["dead:a", "dead:b", "dead:c"]) {
      await store.create(newRecord(id, { owner: id === "dead:c" ? "other" : "dead" }));
    }
    const update = (id: string) =>
      sql`update ${sql.table(table)} set version = version + 1 where id = ${sql.lit(id)}`;
    let deleted: Promise<number> | null = null;
    await db.transaction().execute(async (other) => {
      // With more changes than the store's statement: MariaDB undoes the smaller one.
      for (let times = 0; times < 20; times++) await update("dead:c").execute(other);
      await update("dead:b").execute(other);
      deleted = store.deleteByOwner("dead"); // deletes a, waits for b
      await sleep(200);
      await update("dead:a").execute(other);
    });
    expect(await deleted).toBe(2);
  });

  test("many writers on few records", async () => {
    const { data, open } = server();
    await manyWriters([open(data.url), open(data.url)]);
  });

  test("a purge of 100,000 rows goes in batches, and nobody waits for it", {
    timeout: 120_000,
  }, async () => {
    const big = newTable();
    let time = Date.now();
    const purged = sqlStore(db, { ...PATIENT, table: big, now: () => time });
    await purged.migrate();
    await purged.create(newRecord("live:1", { expiresAt: time + 1e9 }));
    await fill(db, big, 100_000, time + 1_000);
    time += 1_000;
    statements.length = 0;
    let removed = 0;
    let purging = true;
    const slowest = { read: 0, write: 0 };
    const visits = (async () => {
      for (let visit = 1; purging; visit++) {
        const began = performance.now();
        expect(await purged.get("live:1")).not.toBeNull();
        const read = performance.now();
        expect(await purged.touch("live:1", time + visit, time + 1e9)).toBe(true);
        await purged.create(newRecord(`live:new${visit}`, { expiresAt: time + 1e9 }));
        slowest.read = Math.max(slowest.read, read - began);
        slowest.write = Math.max(slowest.write, performance.now() - read);
      }
    })();
    for (;;) {
      const count = await purged.deleteExpired(5_000);
      removed += count;
      if (count < 5_000) break;
    }
    purging = false;
    await visits;
    expect(removed).toBe(100_000);
    expect(statements.filter((text) => text.startsWith("delete"))).toHaveLength(101);
    expect(slowest.read).toBeLessThan(2_000);
    expect(slowest.write).toBeLessThan(4_000);
    expect(await purged.get("live:1")).not.toBeNull();
  });

  test.each([
    `x'; drop table ${table}; --`,
    `x\\'; drop table ${table}; -- `,
    `x"; drop table ${table}; --`,
    "x' or '1'='1",
    "x\\",
    "? $1 :name @p %s",
    "x'/*",
    "\u00bf'\u00bf\\' or 1=1 -- ",
    "\ufeffbyte order mark",
  ])("text that tries to be SQL stays text: %j", async (text) => {
    const record = newRecord(text, { owner: text, data: JSON.stringify(text) });
    await store.create(newRecord("session:other", { owner: "other" }));
    const other = await store.get("session:other");
    expect(await store.create(record)).toBe(true);
    expect(await store.get(text)).toEqual(record);
    const next = { ...record, data: text, version: 2 };
    expect(await store.replace(next)).toBe(true);
    expect(await store.listByOwner(text, 10)).toEqual([next]);
    expect(await store.scan(text, null, 10)).toEqual({ records: [next], cursor: null });
    expect(await store.deleteByOwner(text)).toBe(1);
    expect(await store.get("session:other")).toEqual(other);
  });

  test("a dump of the table holds nothing that opens a session", async () => {
    const fresh = newTable();
    const kept = sqlStore(db, { ...PATIENT, table: fresh });
    const lines: string[] = [];
    const key = "a key of this test alone, long enough";
    const sessions = createSessions<{ id: string }, { note: string }>({
      store: kept,
      keys: [key],
      cookie: { secure: false },
    });
    const session = await sessions.open({
      method: "POST",
      url: "/",
      protocol: "http",
      host: "test.example",
      ip: "192.0.2.1",
      getHeader: () => undefined,
      appendHeader: (_name, value) => {
        lines.push(value);
      },
    });
    session.data.note = "kept";
    await session.login({ id: "ann" });
    await session.commit();
    const cookie = /^sid=([^;]+)/.exec(lines.at(-1) ?? "")?.[1] ?? "";
    expect(cookie.length).toBeGreaterThan(20);
    const { rows } = await sql`select * from ${sql.table(fresh)}`.execute(db);
    const dump = JSON.stringify(rows.map(readable));
    expect(dump).toContain("kept");
    // An id and its MAC; the id alone opens nothing.
    const mac = cookie.split(".").at(-1) ?? "";
    expect(mac.length).toBeGreaterThan(20);
    for (const secret of [cookie, mac, key]) expect(dump).not.toContain(secret);
  });
}

function readable(row: unknown): unknown {
  return Object.values(row ?? {}).map((value) =>
    value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  );
}

async function fill(
  db: Kysely<unknown>,
  table: string,
  rows: number,
  expiresAt: number,
): Promise<void> {
  const step = 5_000;
  for (let from = 0; from < rows; from += step) {
    const records = Array.from({ length: step }, (_, index): StoredRecord => {
      const number = from + index;
      const times = { createdAt: 1, seenAt: 1, expiresAt: expiresAt - (number % 1_000) };
      return { id: `old:${number}`, owner: `u${number % 100}`, data: "{}", ...times, version: 1 };
    });
    const values = records.map(
      ({ id, owner, data, createdAt, seenAt, expiresAt: end, version }) =>
        sql`(${sql.lit(id)}, ${sql.lit(owner)}, ${sql.lit(data)}, ${sql.lit(createdAt)},
          ${sql.lit(seenAt)}, ${sql.lit(end)}, ${sql.lit(version)})`,
    );
    await sql`insert into ${sql.table(table)} values ${sql.join(values)}`.execute(db);
  }
}
