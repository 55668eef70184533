// An application's own onError that fails: the process lives, and the file is written when it can be.
import { mkdirSync, rmdirSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Child, startChild } from "./child-process.ts";
import { type TestFolder, testFolder } from "./test-folder.ts";

const site = new URL("./children/site.ts", import.meta.url);

vi.setConfig({ testTimeout: 60_000 }); // Child processes on a busy machine.

let folder: TestFolder;
let child: Child | null = null;
beforeEach(() => {
  folder = testFolder();
});
afterEach(async () => {
  child?.process.kill("SIGKILL");
  await child?.ended;
  folder.remove();
});

test.each(["throws", "rejects"])(
  "an onError that %s is told to stderr, and ends nothing",
  async (how) => {
    child = startChild(site, [folder.file, how]);
    const url = await child.line(0);
    const draft = `${folder.file}.tmp`;
    mkdirSync(draft); // No file can be written any more.
    const first = await fetch(url);
    expect(await first.text()).toBe("1");
    expect(await child.line(1)).toMatch(/^flush failed: .*can't be written.*of onError$/);
    expect(await child.line(2)).toMatch(/^flush failed: /);
    rmdirSync(draft);
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(await (await fetch(url, { headers: { cookie } })).text()).toBe("2");
    await expect.poll(() => folder.text(), { timeout: 30_000 }).toContain('{\\"visits\\":2}');
  },
);
