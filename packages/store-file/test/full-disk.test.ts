// A disk that is full or read-only: the old file stays, what was refused has not happened, and the
// store works again when the disk does.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FileStore, openFileStore } from "../src/index.ts";
import { type Child, startChild } from "./child-process.ts";
import { newRecord, reasonOf, type TestFolder, testFolder } from "./test-folder.ts";

const clerk = new URL("./children/clerk.ts", import.meta.url);
const LIMIT_KIB = 64;
const FULL = "ERR_STORE_UNAVAILABLE EFBIG";

vi.setConfig({ testTimeout: 60_000 }); // Child processes on a busy machine.

let folder: TestFolder;
let child: Child | null = null;
let undo: (() => void)[] = [];
beforeEach(() => {
  folder = testFolder();
});
afterEach(async () => {
  child?.process.kill("SIGKILL");
  await child?.ended;
  child = null;
  for (const step of undo.reverse()) step();
  undo = [];
  folder.remove();
});

/** A store in a process that may write no larger file, and what it says to each command. */
async function startClerk(flush: string): Promise<(command: string) => Promise<string>> {
  const started = startChild(clerk, [folder.file, flush], LIMIT_KIB);
  child = started;
  let place = 0;
  expect(await started.line(place)).toBe("ready");
  return async (command) => {
    started.tell(command);
    return started.line(++place);
  };
}

function idsInFile(): string[] {
  return [...folder.text().matchAll(/"id":"session:(\w+)"/g)].map((match) => match[1] ?? "").sort();
}

describe.skipIf(process.platform === "win32")("no room (Windows has no ulimit to make it)", () => {
  test("write-through: a refused write has not happened and never will", async () => {
    const tell = await startClerk("write-through");
    expect(await tell("create session:a 1000")).toBe("true");
    expect(await tell("create session:big 100000")).toBe(FULL);
    expect(await tell("replace session:a 100000")).toBe(FULL);
    expect(await tell("version session:big")).toBe("0");
    expect(await tell("version session:a")).toBe("1");
    expect(idsInFile()).toEqual(["a"]);
    expect(folder.names()).toEqual(["sessions.json", "sessions.json.lock"]);
    expect(await tell("create session:b 1000")).toBe("true");
    expect(idsInFile()).toEqual(["a", "b"]);
    expect(await tell("create session:big 100000")).toBe(FULL);
    expect(await tell("close")).toBe("undefined");
    expect(idsInFile()).toEqual(["a", "b"]);
  });

  test("with an interval: after a failed flush each write waits for the disk", async () => {
    const tell = await startClerk("1h");
    expect(await tell("create session:a 1000")).toBe("true");
    expect(await tell("flush")).toBe("undefined");
    expect(await tell("create session:big 100000")).toBe("true");
    expect(await tell("flush")).toBe(FULL);
    expect(await tell("create session:c 1000")).toBe(FULL);
    expect(await tell("replace session:a 2000")).toBe(FULL);
    expect(await tell("delete session:a")).toBe(FULL);
    expect(await tell("version session:c")).toBe("0");
    expect(await tell("version session:a")).toBe("1");
    expect(await tell("version session:big")).toBe("1"); // It was answered.
    expect(idsInFile()).toEqual(["a"]);
    expect(await tell("delete session:big")).toBe("true"); // Makes room.
    expect(await tell("create session:d 1000")).toBe("true");
    expect(idsInFile()).toEqual(["a"]); // Answered before it is written, as before.
    expect(await tell("flush")).toBe("undefined");
    expect(idsInFile()).toEqual(["a", "d"]);
  });

  test("with an interval: close says what it could not keep, and lets go", async () => {
    const tell = await startClerk("1h");
    expect(await tell("create session:a 1000")).toBe("true");
    expect(await tell("flush")).toBe("undefined");
    expect(await tell("create session:big 100000")).toBe("true");
    expect(await tell("close")).toBe(FULL);
    expect(await tell("version session:a")).toBe("ERR_STORE_CLOSED");
    const store = await openFileStore(folder.file);
    expect(idsInFile()).toEqual(["a"]);
    await store.close();
  });

  test("with an interval: onError hears of it, again and again", async () => {
    const tell = await startClerk("20ms");
    expect(await tell("create session:big 100000")).toBe("true");
    expect(await child?.line(2)).toBe(`background ${FULL}`);
    expect(await child?.line(3)).toBe(`background ${FULL}`);
  });
});

const root = process.getuid?.() === 0;

/** Mounts something for this test only; `false` where that can't be done. */
function mounted(folder: string, ...args: string[]): boolean {
  if (!root || process.platform !== "linux") return false;
  try {
    execFileSync("mount", [...args, folder], { stdio: "ignore" });
  } catch {
    return false;
  }
  undo.push(() => execFileSync("umount", ["--lazy", folder]));
  return true;
}

test("a disk of 64 KiB that is full", async (context) => {
  const disk = join(folder.path, "disk");
  mkdirSync(disk);
  if (!mounted(disk, "-t", "tmpfs", "-o", "size=64k", "tmpfs")) {
    context.skip("needs the right to mount a small disk; the tests by ulimit ran");
  }
  const store = await openFileStore(join(disk, "sessions.json"), { flush: "write-through" });
  const kept: string[] = [];
  const error = await reasonOf(fill(store, kept));
  expect(error).toMatchObject({ code: "ERR_STORE_UNAVAILABLE", cause: { code: "ENOSPC" } });
  expect(kept.length).toBeGreaterThan(5);
  expect(await store.delete(kept[0] ?? "")).toBe(true);
  await store.close();
  const again = await openFileStore(join(disk, "sessions.json"));
  const found = (await again.listByOwner("session:u1", 1_000)).map(({ id }) => id);
  expect(found.sort()).toEqual(kept.slice(1).sort());
  await again.close();
});

async function fill(store: FileStore, kept: string[]): Promise<void> {
  for (let count = 0; count < 200; count++) {
    const id = `session:${count}`;
    await store.create(newRecord(id, { data: "x".repeat(1_000) }));
    kept.push(id);
  }
}

test("a disk that becomes read-only", async (context) => {
  const store = await openFileStore(folder.file, { flush: "write-through" });
  undo.push(() => void store.close());
  await store.create(newRecord("session:a"));
  const text = folder.text();
  if (mounted(folder.path, "--bind", folder.path)) {
    execFileSync("mount", ["-o", "remount,ro,bind", folder.path]);
  } else if (root || process.platform === "win32") {
    context.skip("the superuser may write everywhere, and mount is not allowed here");
  } else {
    chmodSync(folder.path, 0o500);
    undo.push(() => chmodSync(folder.path, 0o700));
  }
  const codes = expect.stringMatching(/^(EROFS|EACCES)$/);
  const writes = [store.create(newRecord("session:b")), store.delete("session:a")];
  for (const error of await Promise.all(writes.map(reasonOf))) {
    expect(error).toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
      cause: { code: codes },
    });
  }
  expect(await store.get("session:a")).not.toBeNull();
  expect(await store.get("session:b")).toBeNull();
  expect(folder.text()).toBe(text);
  undo.pop()?.();
  expect(await store.create(newRecord("session:c"))).toBe(true);
  expect(idsInFile()).toEqual(["a", "c"]);
});
