// What the Store contract can't see: statements, migration, options, plug-ins.

import type { StoredRecord } from "@latchkey/session-core";
import BetterSqlite3 from "better-sqlite3";
import {
  CamelCasePlugin,
  CompiledQuery,
  DummyDriver,
  Kysely,
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
  SqliteDialect,
  sql,
} from "kysely";
import { afterEach, describe, expect, test } from "vitest";
import { sqlStore } from "../src/index.ts";
import { openNodeSqlite } from "./databases.ts";

const queries: CompiledQuery[] = [];
let db = open();
afterEach(async () => {
  await db.destroy();
  db = open();
});

describe("statements", () => {
  test("every uncontended operation is one", async () => {
    const store = sqlStore(db);
    await store.migrate();
    const first = record("session:a");
    const counts: Record<string, number> = {};
    const count = async (name: string, work: () => Promise<unknown>): Promise<void> => {
      queries.length = 0;
      await work();
      counts[name] = queries.length;
    };
    await count("create", () => store.create(first));
    await count("get", () => store.get("session:a"));
    await count("replace", () => store.replace({ ...first, version: 2 }));
    await count("touch", () => store.touch("session:a", first.seenAt, first.expiresAt + 1));
    await count("listByOwner", () => store.listByOwner("u1", 10));
    await count("scan", () => store.scan("session:", null, 10));
    await count("deleteExpired that finds none", () => store.deleteExpired(1_000));
    await count("delete", () => store.delete("session:a"));
    await count("deleteByOwner", () => store.deleteByOwner("u1"));
    expect(new Set(Object.values(counts))).toEqual(new Set([1]));
  });

  test("a purge takes 50 rows per statement at most, and moves the log each time", async () => {
    let time = Date.now();
    const store = sqlStore(db, { now: () => time });
    for (let index = 0; index < 120; index++) {
      await store.create({ ...record(`session:${index}`), expiresAt: time + 1 });
    }
    time += 1;
    queries.length = 0;
    expect(await store.deleteExpired(10_000)).toBe(120);
    const [checkpoint, ...others] = queries.filter(({ sql }) => !sql.startsWith("delete"));
    expect(checkpoint?.sql).toBe("pragma wal_checkpoint(passive)");
    expect(others).toHaveLength(2);
    const deletes = queries.filter(({ sql }) => sql.startsWith("delete"));
    expect(deletes.map((query) => query.parameters[1])).toEqual([50, 50, 50]);
    expect(await store.deleteExpired(10_000)).toBe(0);
  });

  test("a database that refuses to move its log is purged all the same", async () => {
    let time = Date.now();
    const opened = new BetterSqlite3(":memory:");
    const prepare = (text: string): BetterSqlite3.Statement => {
      if (text.includes("wal_checkpoint")) throw new Error("not allowed here");
      return opened.prepare(text);
    };
    const database = { prepare, close: () => void opened.close() };
    const hosted = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
    const store = sqlStore(hosted, { now: () => time });
    for (let index = 0; index < 120; index++) {
      await store.create({ ...record(`session:${index}`), expiresAt: time + 1 });
    }
    time += 1;
    expect(await store.deleteExpired(1_000)).toBe(120);
    await hosted.destroy();
  });

  test("get and the purge go by an index", async () => {
    await sqlStore(db).migrate();
    const plan = async (where: string): Promise<string> => {
      const query = `explain query plan select id from latchkey_records where ${where}`;
      const { rows } = await db.executeQuery<{ detail: string }>(CompiledQuery.raw(query));
      return rows.map((row) => row.detail).join();
    };
    expect(await plan("id = 'a'")).toMatch(/SEARCH .* INDEX/);
    expect(await plan("id > 'a' and id < 'b'")).toMatch(/SEARCH .* INDEX/);
    expect(await plan("owner = 'a'")).toMatch(/SEARCH .* latchkey_records_owner/);
    expect(await plan("expires_at <= 1")).toMatch(/SEARCH .* latchkey_records_expires_at/);
  });
});

describe("migration", () => {
  test("runs once before the first query, however many come at once", async () => {
    const store = sqlStore(db);
    queries.length = 0;
    await Promise.all([store.get("a"), store.get("b"), store.delete("c"), store.migrate()]);
    const creates = queries.filter((query) => query.sql.startsWith("create table"));
    expect(creates).toHaveLength(2);
  });

  test("is one statement on a table that is up to date", async () => {
    await sqlStore(db).migrate();
    queries.length = 0;
    await sqlStore(db).migrate();
    expect(queries).toHaveLength(1);
  });

  test("leaves a newer layout alone", async () => {
    await sqlStore(db).migrate();
    await sql`update latchkey_records_schema set version = 99`.execute(db);
    const store = sqlStore(db);
    expect(await store.create(record("session:a"))).toBe(true);
    const { rows } = await sql`select version from latchkey_records_schema`.execute(db);
    expect(rows).toMatchObject([{ version: 99 }]);
  });

  test("two tables in one database don't meet", async () => {
    const one = sqlStore(db, { table: "one" });
    const two = sqlStore(db, { table: "main.two" });
    await one.create(record("session:a"));
    expect(await two.get("session:a")).toBeNull();
    expect(await two.create(record("session:a"))).toBe(true);
  });
});

test("plug-ins of the user's Kysely change nothing", async () => {
  const store = sqlStore(db.withPlugin(new CamelCasePlugin()).withSchema("elsewhere"));
  await store.create(record("session:a"));
  expect(await store.get("session:a")).toMatchObject({ id: "session:a", owner: "u1" });
});

test.each(["", "a b", 'a"', "a.b.c", "1a", "a;drop", "x".repeat(51)])("table %j", (table) => {
  expect(() => sqlStore(db, { table })).toThrow(/^table must be/);
});

test("a dialect whose SQL is not spoken is refused at construction", () => {
  const mssql = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new MssqlAdapter(),
      createDriver: () => new DummyDriver(),
      createQueryCompiler: () => new MssqlQueryCompiler(),
      createIntrospector: (instance) => new MssqlIntrospector(instance),
    },
  });
  expect(() => sqlStore(mssql)).toThrow(/^db must speak/);
});

test("a transaction is refused at construction", async () => {
  await db.transaction().execute(async (transaction) => {
    expect(() => sqlStore(transaction)).toThrow(/^db must not be a transaction/);
  });
});

test("a timeout that is none is refused at construction", () => {
  expect(() => sqlStore(db, { timeout: "0s" })).toThrow(/^timeout must be/);
});

function open(): Kysely<unknown> {
  return openNodeSqlite(":memory:", ({ query }) => queries.push(query));
}

function record(id: string): StoredRecord {
  const now = Date.now();
  const times = { createdAt: now, seenAt: now, expiresAt: now + 60_000 };
  return { id, owner: "u1", data: "{}", ...times, version: 1 };
}
