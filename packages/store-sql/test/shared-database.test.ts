// What one Kysely instance over node:sqlite does when its user keeps the database to itself.
import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SqlStore, sqlStore } from "../src/index.ts";
import { nodeSqliteDialect } from "../src/node-sqlite.ts";

interface Tables {
  pet: { id: number };
}

let db: Kysely<Tables>;
let store: SqlStore;
beforeEach(async () => {
  db = new Kysely<Tables>({ dialect: nodeSqliteDialect(":memory:") });
  await sql`create table pet (id integer primary key)`.execute(db);
  for (let id = 0; id < 3; id++) await insert(db, id);
  store = sqlStore(db);
  await store.migrate();
});
afterEach(() => db.destroy());

const insert = (on: Kysely<Tables>, id: number) =>
  on.insertInto("pet").values({ id }).executeTakeFirst();
const ids = async (): Promise<number[]> =>
  (await db.selectFrom("pet").select("id").orderBy("id").execute()).map(({ id }) => id);
const taken = {
  code: "ERR_STORE_UNAVAILABLE",
  cause: expect.objectContaining({ message: expect.stringMatching(/^a transaction or stream/) }),
};

test("a session read inside the application's own transaction is refused, nobody else for good", async () => {
  const own = db.transaction().execute(async (trx) => {
    await insert(trx, 10);
    await store.get("session:a");
  });
  await expect(own).rejects.toMatchObject(taken);
  expect(await store.get("session:b")).toBeNull();
  expect(await ids()).toEqual([0, 1, 2]);
});

test("a session read inside the application's own stream is refused, nobody else for good", async () => {
  async function perRow(): Promise<void> {
    for await (const { id } of db.selectFrom("pet").select("id").stream()) {
      await store.get(`session:${id}`);
    }
  }
  await expect(perRow()).rejects.toMatchObject(taken);
  expect(await store.get("session:b")).toBeNull();
});

test("what was refused does not come to pass later", async () => {
  const own = db.transaction().execute(async () => {
    await expect(insert(db, 10)).rejects.toThrow(/^a transaction or stream/);
  });
  await own;
  expect(await ids()).toEqual([0, 1, 2]);
});

test("many transactions in a row are waited for: the limit is for one of them", async () => {
  const rows = Array.from({ length: 12 }, (_, index) => 10 + index);
  const slow = (id: number) =>
    db.transaction().execute(async (trx) => {
      await insert(trx, id);
      await sleep(50);
    });
  const slowOnes = rows.map(slow);
  await insert(db, 30);
  await Promise.all(slowOnes);
  expect(await ids()).toEqual([0, 1, 2, ...rows, 30]);
});

test("time in which the whole process stands still doesn't count", async () => {
  const own = db.transaction().execute(async (trx) => {
    await sleep(100);
    await insert(trx, 10);
  });
  await sleep(20);
  const read = store.get("session:a");
  await sleep(10);
  for (const until = performance.now() + 600; performance.now() < until; );
  expect(await read).toBeNull();
  await own;
});

test("transactions that were left open at once are each rolled back, and the database goes on", async () => {
  const leaveOpen = (id: number) =>
    db.connection().execute(async (connection) => {
      await sql`begin`.execute(connection);
      await insert(connection, id);
      await sleep(5);
    });
  await Promise.all(Array.from({ length: 20 }, (_, index) => leaveOpen(10 + index)));
  expect(await ids()).toEqual([0, 1, 2]);
  await db.transaction().execute((trx) => insert(trx, 50));
  expect(await ids()).toEqual([0, 1, 2, 50]);
});
