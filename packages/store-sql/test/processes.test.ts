// Several processes on one file, and processes that die in the middle of it.
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sqlStore } from "../src/index.ts";
import { startChild } from "./child-process.ts";
import { openNodeSqlite, type TestFile, testFile } from "./databases.ts";
import { expectSaid } from "./expect-said.ts";

const migrator = new URL("./children/migrator.ts", import.meta.url);
const counter = new URL("./children/counter.ts", import.meta.url);
const writer = new URL("./children/writer.ts", import.meta.url);

let file: TestFile;
beforeEach(() => {
  file = testFile();
});
afterEach(() => file.remove());

test("five processes open a new file at once: one table, no error", {
  timeout: 60_000,
}, async () => {
  const start = String(Date.now() + 1_500);
  const children = Array.from({ length: 5 }, () => startChild(migrator, file.path, start));
  expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0, 0, 0, 0]);
  for (const child of children) expect(child.lines()).toEqual(["done"]);
  const db = openNodeSqlite(file.path);
  expect((await sqlStore(db).scan("session:", null, 10)).records).toHaveLength(5);
  await db.destroy();
});

test("two processes write at once: no busy error, no lost update", {
  timeout: 60_000,
}, async () => {
  const db = openNodeSqlite(file.path);
  const store = sqlStore(db);
  const now = Date.now();
  const times = { createdAt: now, seenAt: now, expiresAt: now + 600_000 };
  await store.create({ id: "counter:shared", owner: null, data: "0", ...times, version: 1 });
  const children = [1, 2].map(() => startChild(counter, file.path, "300"));
  expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0]);
  expect(await store.get("counter:shared")).toMatchObject({ data: "600", version: 601 });
  expect(await store.deleteByOwner("u1")).toBe(300);
  await db.destroy();
});

test("kill -9, ten times: what was answered is there, the file is whole", {
  timeout: 120_000,
}, async () => {
  const said: string[] = [];
  for (let run = 0; run < 10; run++) {
    const child = startChild(writer, file.path, String(run));
    while (child.lines().length < 5) await sleep(5);
    await sleep(20 + run * 13);
    child.process.kill("SIGKILL");
    expect(await child.ended).toBe("SIGKILL");
    said.push(...child.lines());
  }
  expect(said.length).toBeGreaterThan(50);
  const db = openNodeSqlite(file.path);
  await expectSaid(sqlStore(db), said);
  await db.destroy();
  const plain = new DatabaseSync(file.path);
  expect(plain.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  plain.close();
});
