// Ways to set up MariaDB and `mysql2` that change what a statement means or answers.
import { type Kysely, sql } from "kysely";
import { expect, test } from "vitest";
import { sqlStore } from "../src/index.ts";
import { newRecord } from "./server-store.ts";
import { newTable, type Server } from "./servers.ts";

const PATIENT = { timeout: "20s" } as const;

export function modesSuite(server: () => Server): void {
  test("a touch that changes nothing is one of a live record, also with -FOUND_ROWS", async () => {
    const { data, open } = server();
    const db = open(data.url, { flags: ["-FOUND_ROWS"] });
    const store = sqlStore(db, { ...PATIENT, table: newTable() });
    const record = newRecord("session:a");
    await store.create(record);
    expect(await store.touch("session:a", record.seenAt, record.expiresAt)).toBe(true);
    expect(await store.touch("session:b", record.seenAt, record.expiresAt)).toBe(false);
    expect(await store.replace({ ...record, version: 2 })).toBe(true);
    expect(await store.create(record)).toBe(false);
    await db.destroy();
  });

  test.each([
    ["NO_BACKSLASH_ESCAPES", "x\\'; truncate table records; -- "],
    ["ANSI_QUOTES", `x"; truncate table records; -- `],
    ["", "x' or '1'='1"],
  ])("in the sql_mode %j text stays text", async (mode, text) => {
    await inMode(server(), mode, async (db) => {
      const store = sqlStore(db, { ...PATIENT, table: newTable() });
      await store.create(newRecord("session:other"));
      const record = newRecord(text, { owner: text, data: JSON.stringify(text) });
      expect(await store.create(record)).toBe(true);
      expect(await store.get(text)).toEqual(record);
      expect((await store.scan(text, null, 10)).records).toEqual([record]);
      expect(await store.deleteByOwner(text)).toBe(1);
      expect(await store.get("session:other")).not.toBeNull();
    });
  });

  test("without strict mode, an id or owner that is too long is refused, not cut off", async () => {
    await inMode(server(), "", async (db) => {
      const store = sqlStore(db, { ...PATIENT, table: newTable() });
      const long = "é".repeat(513);
      const longest = "é".repeat(512);
      expect(await store.create(newRecord(longest, { owner: longest }))).toBe(true);
      expect(await store.get(`${longest}x`)).toBeNull();
      expect(await store.listByOwner(longest, 10)).toHaveLength(1);
      const refusal = { code: "ERR_STORE_UNAVAILABLE", cause: expect.any(RangeError) };
      await expect(store.create(newRecord(long))).rejects.toMatchObject(refusal);
      const next = newRecord(longest, { owner: long, version: 2 });
      await expect(store.replace(next)).rejects.toMatchObject(refusal);
    });
  });
}

async function inMode(
  { data, open, admin }: Server,
  mode: string,
  work: (db: Kysely<unknown>) => Promise<void>,
): Promise<void> {
  await admin(sql`set global sql_mode = ${sql.lit(mode)}`);
  const db = open(data.url);
  try {
    await work(db);
  } finally {
    await db.destroy();
    await admin(sql`set global sql_mode = default`);
  }
}
