import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { rewriteFile } from "../src/rewrite-file.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-rewrite-"));
  path = join(folder, "file");
  await writeFile(path, "old");
});
afterEach(() => rm(folder, { recursive: true }));

const write = (text: string, ms = 0) =>
  rewriteFile(path, { staleMs: 100, giveUpMs: 400 }, async (next) => {
    await next.write(text);
    await sleep(ms);
    return true;
  });

it("takes over a lock that a crash left behind, and clears up its unfinished file", async () => {
  await writeFile(`${path}.lock`, "0123456789abcdef");
  await writeFile(`${path}.lock.0123456789abcdef.tmp`, "unfinish");
  await write("new");
  expect(await readFile(path, "utf8")).toBe("new");
  expect(await readdir(folder)).toEqual(["file"]);
});

it("gives up when the lock keeps changing hands", async () => {
  let at = 0;
  const others = setInterval(() => void writeFile(`${path}.lock`, `holder ${at++}`), 30);
  await writeFile(`${path}.lock`, "holder");
  await expect(write("new")).rejects.toMatchObject({ code: "ERR_TABLE_LOCKED" });
  clearInterval(others);
  expect(await readFile(path, "utf8")).toBe("old");
});

it("writes nothing once its lock was taken over while it slept", async () => {
  const slow = write("slow", 500);
  await sleep(20);
  await write("quick");
  await expect(slow).rejects.toMatchObject({ code: "ERR_TABLE_LOCKED" });
  expect(await readFile(path, "utf8")).toBe("quick");
  expect(await readdir(folder)).toEqual(["file"]);
});

it("says so when its lock is taken over just before the last step", async () => {
  const late = rewriteFile(path, { staleMs: 100, giveUpMs: 400 }, async (next) => {
    await next.write("late");
    // As whoever takes it over clears up; that it still looks like ours is the moment before.
    const unfinished = (await readdir(folder)).filter((name) => name.endsWith(".tmp"));
    expect(unfinished).toHaveLength(1);
    for (const name of unfinished) await rm(join(folder, name));
    return true;
  });
  await expect(late).rejects.toMatchObject({ name: "TableError", code: "ERR_TABLE_LOCKED" });
  expect(await readFile(path, "utf8")).toBe("old");
  expect(await readdir(folder)).toEqual(["file"]);
});

it("leaves the old file and nothing else when writing fails", async () => {
  const failing = rewriteFile(path, { staleMs: 100, giveUpMs: 400 }, async (next) => {
    await next.write("half");
    throw new Error("disk full");
  });
  await expect(failing).rejects.toThrow("disk full");
  expect(await readFile(path, "utf8")).toBe("old");
  expect(await readdir(folder)).toEqual(["file"]);
});
