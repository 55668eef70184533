// A database that fails rejects with StoreError, keeps the driver's error as cause, says no content.
import { writeFileSync } from "node:fs";
import { type StoredRecord, StoreError } from "@latchkey/session-core";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sqlStore } from "../src/index.ts";
import { openBetterSqlite3, openNodeSqlite, type TestFile, testFile } from "./databases.ts";

let file: TestFile;
let open: Kysely<unknown>[] = [];
beforeEach(() => {
  file = testFile();
});
afterEach(async () => {
  for (const db of open) await db.destroy();
  open = [];
  file.remove();
});

test.each([
  ["node:sqlite", openNodeSqlite],
  ["better-sqlite3", openBetterSqlite3],
])("a file that is no database, by %s", async (_name, opener) => {
  writeFileSync(file.path, "this is not a database, ".repeat(500));
  const store = sqlStore(kept(opener(file.path)));
  await expectUnavailable(store.get("session:a"));
  await expectUnavailable(store.create(record("session:a")));
  await expectUnavailable(store.migrate());
});

test("a damaged file", async () => {
  const db = openNodeSqlite(file.path);
  const store = sqlStore(db);
  for (let index = 0; index < 50; index++) await store.create(record(`session:${index}`));
  await db.destroy();
  writeFileSync(file.path, Buffer.alloc(8_192, 0x5a), { flag: "r+" });
  await expectUnavailable(sqlStore(kept(openNodeSqlite(file.path))).get("session:1"));
});

test("a path that can't be opened, and can later", async () => {
  const db = kept(openNodeSqlite(`${file.path}/in/no/folder`));
  await expectUnavailable(sqlStore(db).get("session:a"));
});

test("a read-only database: reads work, writes reject, the old value is intact", async () => {
  const writable = openNodeSqlite(file.path);
  const old = record("session:a");
  await sqlStore(writable).create(old);
  const store = sqlStore(kept(openBetterSqlite3(file.path, { readonly: true })));
  expect(await store.get("session:a")).toEqual(old);
  await expectUnavailable(store.create(record("session:b")));
  await expectUnavailable(store.replace({ ...old, version: 2 }));
  await expectUnavailable(store.delete("session:a"));
  expect(await store.get("session:a")).toEqual(old);
  await writable.destroy();
});

test("a full disk: the write rejects, the old value is intact", async () => {
  const db = kept(openNodeSqlite(file.path));
  const store = sqlStore(db);
  const old = record("session:a");
  await store.create(old);
  await sql`pragma max_page_count = 16`.execute(db); // SQLITE_FULL, as when the disk is full
  const large = JSON.stringify("x".repeat(200_000));
  await expectUnavailable(store.replace({ ...old, data: large, version: 2 }));
  expect(await store.get("session:a")).toEqual(old);
});

test("after destroy", async () => {
  const db = openNodeSqlite(file.path);
  const store = sqlStore(db);
  await store.migrate();
  await db.destroy();
  await expectUnavailable(store.get("session:a"));
  await expectUnavailable(store.deleteExpired(10));
});

test("a table that somebody dropped or changed", async () => {
  const db = kept(openNodeSqlite(file.path));
  const store = sqlStore(db);
  await store.create(record("session:a"));
  await sql`update latchkey_records set expires_at = 1e300`.execute(db);
  await expectUnavailable(store.get("session:a"));
  await sql`drop table latchkey_records`.execute(db);
  await expectUnavailable(store.get("session:a"));
});

test("the first call failed, the next tries again", async () => {
  const db = kept(openNodeSqlite(file.path));
  await sql`create view latchkey_records as select 1 as id`.execute(db);
  const store = sqlStore(db);
  await expectUnavailable(store.get("session:a"));
  await sql`drop view latchkey_records`.execute(db);
  expect(await store.get("session:a")).toBeNull();
});

async function expectUnavailable(answer: Promise<unknown>): Promise<void> {
  const error: unknown = await answer.then(
    () => null,
    (reason) => reason,
  );
  if (!(error instanceof StoreError)) throw new Error("expected a StoreError");
  expect(error.code).toBe("ERR_STORE_UNAVAILABLE");
  expect(error.cause).toBeInstanceOf(Error);
  expect(error.message).not.toContain("session:");
}

function kept(db: Kysely<unknown>): Kysely<unknown> {
  open.push(db);
  return db;
}

function record(id: string): StoredRecord {
  const now = Date.now();
  const times = { createdAt: now, seenAt: now, expiresAt: now + 60_000 };
  return { id, owner: "u1", data: "{}", ...times, version: 1 };
}
