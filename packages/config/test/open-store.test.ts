// Stores by URL.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { openStore } from "../src/index.ts";
import { record } from "./record.ts";

it("memory: forgets", async () => {
  const { store, close } = await openStore("memory:");
  expect(await store.create(record)).toBe(true);
  await close();
});

it.each(["sqlite", "file"])("%s: remembers", async (scheme) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const url = `${scheme}:${join(folder, "sessions.db")}`;
  const first = await openStore(url);
  expect(await first.store.create(record)).toBe(true);
  await first.close();
  const second = await openStore(url);
  expect(await second.store.get(record.id)).toEqual(record);
  await second.close();
});

it.each(["sqlite", "file"])("%s: what can't be opened stops the start, by name", async (scheme) => {
  const opened = openStore(`${scheme}:/no/such/folder/sessions.db`, "STORE");
  await expect(opened).rejects.toThrow(/^STORE can't be opened: .*\/no\/such\/folder/);
});

it("sqlite: a write fails soon while another process keeps the lock, and a read doesn't", async () => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "sessions.db");
  const { store, close } = await openStore(`sqlite:${file}`);
  await store.create(record);
  const other = new DatabaseSync(file);
  other.exec("begin immediate");
  const began = performance.now();
  const write = store.delete(record.id);
  expect(await store.get(record.id)).toEqual(record);
  await expect(write).rejects.toHaveProperty("code", "ERR_STORE_UNAVAILABLE");
  expect(performance.now() - began).toBeLessThan(2_500); // 400 ms, on a machine that may be busy
  other.close();
  await close();
});

it.each(["", "sqlite:", "file:", "oracle://user:sesame@host/db", "./file.db"])(
  "%s is refused by name",
  async (url) => {
    const opened = openStore(url, "STORE");
    await expect(opened).rejects.toThrow(/^STORE/);
    await expect(opened).rejects.not.toThrow(/sesame/);
  },
);
