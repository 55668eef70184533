import { closeSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchedFile } from "../src/watched-file.ts";

vi.setConfig({ testTimeout: 30_000 }); // A busy machine.

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-watched-"));
  path = join(folder, "file");
});
afterEach(() => rm(folder, { recursive: true }));

/** So long a pause that a busy machine doesn't make one by itself. */
const limits = { maxBytes: 1_000, quietMs: 1_500 };

async function text(bytes: Buffer): Promise<string> {
  return bytes.toString();
}

it("never sees the half of a file that is being written in place", async () => {
  await writeFile(path, "old");
  const read = watchedFile(path, limits, text);
  const file = openSync(path, "w");
  const answers: Promise<string>[] = [];
  for (let at = 0; at < 8; at++) {
    writeSync(file, "new ");
    answers.push(read());
    await sleep(30);
  }
  writeSync(file, "end");
  closeSync(file);
  expect(new Set(await Promise.all(answers))).toEqual(new Set([`${"new ".repeat(8)}end`]));
});

it("reads a file at once that was renamed there when it was whole", async () => {
  await writeFile(path, "old");
  const read = watchedFile(path, limits, text);
  expect(await read()).toBe("old");
  await writeFile(`${path}.new`, "new");
  await sleep(30); // More than a tick of the file system's clock.
  await rename(`${path}.new`, path);
  const first = await Promise.race([read(), sleep(limits.quietMs - 200, "a pause")]);
  expect(first).toBe("new");
});

it("says so when a file doesn't stop changing", async () => {
  const read = watchedFile(path, limits, text);
  const file = openSync(path, "w");
  const timer = setInterval(() => writeSync(file, "x"), 20);
  await expect(read()).rejects.toMatchObject({ code: "ERR_TABLE_UNAVAILABLE" });
  clearInterval(timer);
  closeSync(file);
});
