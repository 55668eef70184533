// What is this store's own: the file, when it is written, and what is refused.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTick, setTimeout as sleep } from "node:timers/promises";
import { createSessions, StoreError } from "@latchkey/session-core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FileStore, type FileStoreOptions, openFileStore } from "../src/index.ts";
import { newRecord, reasonOf, type TestFolder, testFolder } from "./test-folder.ts";

const onWindows = process.platform === "win32";

vi.setConfig({ testTimeout: 60_000 }); // A busy disk.

let folder: TestFolder;
let opened: FileStore[] = [];
beforeEach(() => {
  folder = testFolder();
});
afterEach(async () => {
  for (const store of opened) await store.close();
  opened = [];
  folder.remove();
});

async function open(options: FileStoreOptions = {}, path = folder.file): Promise<FileStore> {
  const store = await openFileStore(path, options);
  opened.push(store);
  return store;
}

describe("the file", () => {
  test("is made at once, holds what was closed, and is private", async () => {
    const store = await open();
    expect(JSON.parse(folder.text())).toMatchObject({ formatVersion: 1, records: [] });
    const record = newRecord("session:a", { data: '{"text":"\\"ünï\\ud800 \\n"}' });
    const odd = newRecord("otp:\ud800\u2028'\"", { owner: null });
    await store.create(record);
    await store.create(odd);
    await store.close();
    expect(folder.names()).toEqual(["sessions.json", "sessions.json.lock"]);
    if (!onWindows) {
      for (const name of folder.names()) {
        expect(statSync(join(folder.path, name)).mode & 0o777).toBe(0o600);
      }
    }
    const again = await open();
    expect(await again.get("session:a")).toEqual(record);
    expect(await again.get(odd.id)).toEqual(odd);
  });

  test.skipIf(onWindows)("that others may read is made private", async () => {
    await (await open()).close();
    chmodSync(folder.file, 0o644);
    await open();
    expect(statSync(folder.file).mode & 0o777).toBe(0o600);
  });

  test("holds no cookie value", async () => {
    const store = await open({ flush: "write-through" });
    const sessions = createSessions({ store, keys: ["k".repeat(32)] });
    const cookies: string[] = [];
    const session = await sessions.open({
      method: "POST",
      url: "/",
      protocol: "https",
      host: "example.org",
      ip: "192.0.2.1",
      getHeader: () => undefined,
      appendHeader: (_name, value) => void cookies.push(value),
    });
    await session.login({ id: "user-42" });
    await session.commit();
    const values = cookies.map((cookie) => /^[^=]+=([^;]*)/.exec(cookie)?.[1] ?? "");
    const tokens = values.filter((value) => value.length > 20);
    expect(tokens.length).toBeGreaterThan(0);
    expect(folder.text()).toContain("user-42");
    for (const token of tokens) expect(folder.text()).not.toContain(token);
  });

  test.skipIf(onWindows)(
    "behind a symbolic link: the link stays, its target is replaced",
    async () => {
      const real = join(folder.path, "real");
      mkdirSync(real);
      const target = join(real, "data.json");
      symlinkSync(target, folder.file);
      expect(await reasonOf(open())).toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
      await (await open({}, target)).close();
      const store = await open();
      await store.create(newRecord("session:a"));
      await store.flush();
      expect(lstatSync(folder.file).isSymbolicLink()).toBe(true);
      expect(readFileSync(target, "utf8")).toContain("session:a");
      const second = await reasonOf(open({}, target));
      expect(second).toMatchObject({ message: expect.stringContaining("open already") });
    },
  );

  test("a draft that a killed writer left is removed", async () => {
    writeFileSync(`${folder.file}.tmp`, "half a fi");
    await open();
    expect(folder.names()).toEqual(["sessions.json", "sessions.json.lock"]);
  });
});

describe("when it is written", () => {
  test("write-through: what was answered is in the file", async () => {
    const store = await open({ flush: "write-through" });
    const record = newRecord("session:a");
    for (const [call, expected] of [
      [() => store.create(record), '"version":1'],
      [() => store.replace({ ...record, data: '"new"', version: 2 }), '"version":2'],
      [() => store.touch("session:a", record.seenAt + 7, 0), `"seenAt":${record.seenAt + 7}`],
    ] as const) {
      expect(await call()).toBe(true);
      expect(folder.text()).toContain(expected);
    }
    await store.delete("session:a");
    expect(folder.text()).not.toContain("session:a");
  });

  test("write-through: 1,000 writes at once share a few writes of the file", async () => {
    const store = await open({ flush: "write-through", maxRecords: 5_000 });
    const replaced: string[] = [];
    const watcher = watch(folder.path, (event, name) => replaced.push(`${event} ${name}`));
    const ids = Array.from({ length: 1_000 }, (_, index) => `session:${index}`);
    const answers = await Promise.all(ids.map((id) => store.create(newRecord(id))));
    await sleep(50); // The watcher's events come late.
    watcher.close();
    expect(new Set(answers)).toEqual(new Set([true]));
    const writes = replaced.filter((event) => event === "rename sessions.json");
    expect(writes.length).toBeGreaterThan(0);
    expect(writes.length).toBeLessThan(10);
    expect(JSON.parse(folder.text())).toMatchObject({ records: { length: 1_000 } });
  });

  test("write-through: nobody sees a change before it is on the disk", async () => {
    const store = await open({ flush: "write-through" });
    const created = store.create(newRecord("session:a"));
    while (!folder.text().includes("session:a")) {
      expect(await store.get("session:a")).toBeNull();
      await nextTick();
    }
    await created;
    expect(await store.get("session:a")).not.toBeNull();
  });

  test("with an interval: later, at flush, and at close", async () => {
    const store = await open({ flush: "1h" });
    await store.create(newRecord("session:a"));
    expect(folder.text()).not.toContain("session:a");
    await store.flush();
    expect(folder.text()).toContain("session:a");
    await store.delete("session:a");
    expect(folder.text()).toContain("session:a");
    await store.close();
    expect(folder.text()).not.toContain("session:a");
  });

  test("with an interval: by itself", async () => {
    const store = await open({ flush: "20ms" });
    await store.create(newRecord("session:a"));
    await expect.poll(() => folder.text(), { timeout: 10_000 }).toContain("session:a");
    await store.create(newRecord("session:b"));
    await expect.poll(() => folder.text(), { timeout: 10_000 }).toContain("session:b");
  });

  test("not at all when nothing changed", async () => {
    const store = await open({ flush: "write-through" });
    await store.create(newRecord("session:a"));
    const { ino, mtimeMs } = statSync(folder.file);
    expect(await store.create(newRecord("session:a"))).toBe(false);
    expect(await store.replace(newRecord("session:a", { version: 7 }))).toBe(false);
    expect(await store.touch("session:a", 0, 0)).toBe(true);
    expect(await store.delete("session:b")).toBe(false);
    expect(await store.deleteExpired(10)).toBe(0);
    await store.flush();
    expect(statSync(folder.file)).toMatchObject({ ino, mtimeMs });
  });

  test("a flush that runs disturbs no change", async () => {
    const store = await open({ flush: "1ms" });
    const record = newRecord("counter:a", { data: "0" });
    await store.create(record);
    for (let count = 1; count <= 2_000; count++) {
      const next = { ...record, data: String(count), version: count + 1 };
      expect(await store.replace(next)).toBe(true);
      if (count % 50 === 0) void store.flush();
    }
    await store.close();
    expect(await (await open()).get("counter:a")).toMatchObject({ data: "2000", version: 2_001 });
  });
});

describe("what is refused", () => {
  test.each([
    ["empty", ""],
    ["not JSON", "user=1\n"],
    ["cut off", '{"format":"latchkey-store-file","formatVersion":1,"records":[\n{"id":"a'],
    ["somebody else's", '{"name":"my-app","version":"1.0.0","secret":"hush-hush"}'],
    ["a newer release's", '{"format":"latchkey-store-file","formatVersion":2,"records":[]}'],
    ["without records", '{"format":"latchkey-store-file","formatVersion":1}'],
    ["with half a record", fileOf([{ id: "session:hush-hush" }])],
    [
      "with a record twice",
      fileOf([newRecord("session:hush-hush"), newRecord("session:hush-hush")]),
    ],
  ])("a file that is %s: byte for byte as it was", async (_name, text) => {
    writeFileSync(folder.file, text, { mode: 0o644 });
    const { mode, mtimeMs } = statSync(folder.file);
    const error = await reasonOf(open());
    if (!(error instanceof StoreError)) throw new Error("expected a StoreError");
    expect(error.code).toBe("ERR_STORE_UNAVAILABLE");
    expect(error.message).toContain(folder.file);
    expect(`${error.message} ${error.cause}`).not.toContain("hush-hush");
    expect(folder.text()).toBe(text);
    expect(statSync(folder.file)).toMatchObject({ mode, mtimeMs });
    rmSync(folder.file); // The lock was let go.
    await open();
  });

  test("a folder that is missing, and a folder in the place of the file", async () => {
    const missing = await reasonOf(open({}, join(folder.path, "no", "sessions.json")));
    expect(missing).toMatchObject({ code: "ERR_STORE_UNAVAILABLE", cause: { code: "ENOENT" } });
    expect(missing).toMatchObject({ message: expect.stringContaining("no") });
    expect(existsSync(join(folder.path, "no"))).toBe(false);
    const notFile = await reasonOf(open({}, folder.path));
    expect(notFile).toMatchObject({ message: expect.stringContaining("is not a file") });
  });

  test("a second store on the file in the same process, until the first is closed", async () => {
    const store = await open();
    for (let tries = 0; tries < 3; tries++) {
      const error = await reasonOf(open());
      expect(error).toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
      expect(error).toMatchObject({ message: expect.stringContaining(folder.file) });
    }
    await store.close();
    await open();
  });

  test("a lock file that is something else", async () => {
    writeFileSync(`${folder.file}.lock`, "not a lock at all".repeat(100));
    expect(await reasonOf(open())).toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    expect(existsSync(folder.file)).toBe(false);
  });

  test("everything once it is closed", async () => {
    const store = await open();
    await store.close();
    await store.close();
    const calls = [
      store.get("session:a"),
      store.create(newRecord("session:a")),
      store.deleteExpired(1),
      store.flush(),
    ];
    for (const error of await Promise.all(calls.map(reasonOf))) {
      expect(error).toMatchObject({ code: "ERR_STORE_CLOSED" });
    }
  });

  test.each([
    ["path", "", {}],
    ["maxRecords", "a", { maxRecords: 0 }],
    ["maxRecords", "a", { maxRecords: 1.5 }],
    ["flush", "a", { flush: "25d" as const }],
    ["flush", "a", { flush: "0s" as const }],
  ])("a wrong %s", async (option, path, options) => {
    const error = await reasonOf(openFileStore(path, options));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: expect.stringContaining(option) });
  });

  test("a record that could not be read again", async () => {
    const store = await open({ flush: "write-through" });
    const record = newRecord("session:a", { expiresAt: Number.POSITIVE_INFINITY });
    expect(await reasonOf(store.create(record))).toBeInstanceOf(TypeError);
    expect(await store.create(newRecord("session:a"))).toBe(true);
  });
});

describe("the bound", () => {
  test("at 90 % records without owner are refused, those with one go on to 100 %", async () => {
    const store = await open({ flush: "write-through", maxRecords: 20 });
    const anonymous = Array.from({ length: 20 }, (_, index) =>
      newRecord(`otp:${index}`, { owner: null }),
    );
    const made = await Promise.allSettled(anonymous.map((record) => store.create(record)));
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(18);
    expect(made.at(-1)).toMatchObject({ reason: { code: "ERR_STORE_FULL" } });
    expect(await store.create(newRecord("session:1"))).toBe(true);
    expect(await store.create(newRecord("session:2"))).toBe(true);
    const error = await reasonOf(store.create(newRecord("session:3")));
    expect(error).toMatchObject({ code: "ERR_STORE_FULL" });
    expect(await store.create(newRecord("session:2"))).toBe(false);
    expect(await store.delete("otp:1")).toBe(true);
    expect(await store.create(newRecord("session:3"))).toBe(true);
  });

  test("expired records make room at once, without a purge", async () => {
    let time = Date.now();
    const store = await open({ maxRecords: 10, now: () => time });
    const expiresAt = time + 1_000;
    for (let index = 0; index < 10; index++) {
      await store.create(newRecord(`session:a${index}`, { expiresAt }));
    }
    time += 1_000;
    for (let index = 0; index < 10; index++) {
      expect(await store.create(newRecord(`session:b${index}`))).toBe(true);
    }
    expect(await store.deleteExpired(100)).toBe(0);
  });
});

function fileOf(records: unknown[]): string {
  return JSON.stringify({ format: "latchkey-store-file", formatVersion: 1, records });
}
