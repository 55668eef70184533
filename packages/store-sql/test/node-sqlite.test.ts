// The dialect over node:sqlite, as any Kysely user meets it.
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeSqliteDialect } from "../src/node-sqlite.ts";
import { type TestFile, testFile } from "./databases.ts";

interface Tables {
  pet: { id: number; name: string | null; photo: Uint8Array | null };
}

let file: TestFile;
let db: Kysely<Tables>;
beforeEach(async () => {
  file = testFile();
  db = new Kysely<Tables>({ dialect: nodeSqliteDialect(file.path) });
  await sql`create table pet (id integer primary key, name text, photo blob)`.execute(db);
});
afterEach(async () => {
  await db.destroy();
  file.remove();
});

test("is durable: WAL and a sync per commit", async () => {
  const pragma = async (name: string): Promise<unknown> =>
    (await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db)).rows[0];
  expect(await pragma("journal_mode")).toEqual({ journal_mode: "wal" });
  expect(await pragma("synchronous")).toEqual({ synchronous: 2 });
  expect(await pragma("fullfsync")).toEqual({ fullfsync: 1 });
  expect(await pragma("busy_timeout")).toEqual({ timeout: 0 });
});

test("inserts, returns, updates and reads back every type", async () => {
  const photo = new Uint8Array([0, 1, 255]);
  const insert = db.insertInto("pet").values({ id: 1, name: "Ida", photo }).returning("id");
  expect(await insert.execute()).toEqual([{ id: 1 }]);
  const update = db.updateTable("pet").set({ name: null }).where("id", "=", 1);
  expect((await update.executeTakeFirst()).numUpdatedRows).toBe(1n);
  const pets = await db.selectFrom("pet").selectAll().execute();
  expect(pets).toEqual([{ id: 1, name: null, photo }]);
});

test("streams", async () => {
  for (const id of [1, 2, 3])
    await db.insertInto("pet").values({ id, name: null, photo: null }).execute();
  const ids: number[] = [];
  for await (const { id } of db.selectFrom("pet").select("id").orderBy("id").stream()) ids.push(id);
  expect(ids).toEqual([1, 2, 3]);
});

test("a cached statement sees a changed table", async () => {
  const all = sql<Record<string, unknown>>`select * from pet`;
  await db.insertInto("pet").values({ id: 1, name: "Ida", photo: null }).execute();
  expect((await all.execute(db)).rows).toEqual([{ id: 1, name: "Ida", photo: null }]);
  await sql`alter table pet add column age integer default 3`.execute(db);
  expect((await all.execute(db)).rows).toEqual([{ id: 1, name: "Ida", photo: null, age: 3 }]);
});

test("more different statements than the cache holds", async () => {
  for (let round = 0; round < 2; round++) {
    for (let value = 0; value < 300; value++) {
      const { rows } = await sql.raw<{ value: number }>(`select ${value} as value`).execute(db);
      expect(rows).toEqual([{ value }]);
    }
  }
});

test("a value without an SQL type is named by its kind only", async () => {
  const insert = sql`insert into pet (id, name) values (1, ${{ secret: 1 }})`.execute(db);
  await expect(insert).rejects.toThrow("SQLite has no type for a parameter that is object");
});

test("a transaction that read before it writes is not refused after another's write", async () => {
  const other = new DatabaseSync(file.path, { timeout: 0 });
  await db.transaction().execute(async (trx) => {
    await trx.selectFrom("pet").selectAll().execute();
    expect(() => other.exec("insert into pet (id) values (7)")).toThrow(/locked/);
    await trx.insertInto("pet").values({ id: 8, name: null, photo: null }).execute();
  });
  other.exec("insert into pet (id) values (7)");
  other.close();
  expect(await db.selectFrom("pet").select("id").orderBy("id").execute()).toEqual([
    { id: 7 },
    { id: 8 },
  ]);
});

test("another process's lock is waited for, and the event loop goes on", async () => {
  const other = new DatabaseSync(file.path, { timeout: 0 });
  other.exec("begin immediate");
  let turns = 0;
  const loop = setInterval(() => turns++, 1);
  const insert = db.insertInto("pet").values({ id: 1, name: null, photo: null }).execute();
  while (turns < 20) await sleep(5);
  other.exec("commit");
  await insert;
  clearInterval(loop);
  other.close();
  expect(await db.selectFrom("pet").select("id").execute()).toEqual([{ id: 1 }]);
});

test("a lock that is never released is given up on", async () => {
  const other = new DatabaseSync(file.path, { timeout: 0 });
  other.exec("begin immediate");
  const began = performance.now();
  const insert = db.insertInto("pet").values({ id: 1, name: null, photo: null }).execute();
  await expect(insert).rejects.toThrow(/locked/);
  expect(performance.now() - began).toBeGreaterThan(390);
  expect(performance.now() - began).toBeLessThan(2_500);
  other.exec("commit");
  other.close();
  expect(await db.selectFrom("pet").select("id").execute()).toEqual([]);
});

test("a failed transaction is rolled back", async () => {
  const failed = db.transaction().execute(async (trx) => {
    await trx.insertInto("pet").values({ id: 1, name: null, photo: null }).execute();
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect(await db.selectFrom("pet").selectAll().execute()).toEqual([]);
});

test("an empty path is refused: SQLite would make a temporary database of it", () => {
  expect(() => nodeSqliteDialect("")).toThrow(/^path must be/);
});

test("what waited for a transaction runs in nobody else's", async () => {
  let id = 0;
  const insert = (on: Kysely<Tables>, name: string) =>
    on.insertInto("pet").values({ id: ++id, name }).execute();
  for (let round = 0; round < 20; round++) {
    const outcomes = await Promise.allSettled([
      db.transaction().execute(async (trx) => {
        await insert(trx, `first ${round}`);
        await sleep(2);
        await trx.selectFrom("pet").selectAll().execute();
      }),
      sleep(1).then(() =>
        db.transaction().execute(async (trx) => {
          await insert(trx, `second ${round}`);
          throw new Error("no");
        }),
      ),
      sleep(1).then(() => insert(db, `plain ${round}`)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toHaveProperty("reason.message", "no");
  }
  const names = (await db.selectFrom("pet").select("name").execute()).map(({ name }) => name);
  expect(names.filter((name) => name?.startsWith("second"))).toEqual([]);
  expect(names).toHaveLength(40);
});
