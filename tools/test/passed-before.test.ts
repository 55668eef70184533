import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fingerprints, passedBefore, remember } from "../passed-before.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-passed-"));
  file = join(folder, "cache", "passed.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const green = { passed: 3, failed: 0, skipped: 0 };
const as = (hashes: Record<string, string>): Map<string, string> => new Map(Object.entries(hashes));

test("what passed is left out as long as its fingerprint is the same", () => {
  const now = as({ authz: "a", table: "t" });
  expect(passedBefore(now, file)).toEqual(new Map());
  remember(now, now, new Map([["authz", green]]), file);
  expect(passedBefore(now, file)).toEqual(new Map([["authz", green]]));
  expect(passedBefore(as({ authz: "b", table: "t" }), file)).toEqual(new Map());
});

test.each([
  ["failed", { passed: 3, failed: 1, skipped: 0 }],
  ["was skipped", { passed: 3, failed: 0, skipped: 1 }],
  ["there was none", { passed: 0, failed: 0, skipped: 0 }],
])("not when a test %s", (_why, totals) => {
  const now = as({ authz: "a" });
  remember(now, now, new Map([["authz", totals]]), file);
  expect(passedBefore(now, file)).toEqual(new Map());
});

test("not when its files changed while it ran", () => {
  remember(as({ authz: "a" }), as({ authz: "b" }), new Map([["authz", green]]), file);
  expect(passedBefore(as({ authz: "a" }), file)).toEqual(new Map());
  expect(passedBefore(as({ authz: "b" }), file)).toEqual(new Map());
});

test.each([
  '{"authz":{"key":"a","totals":{"passed":"3"}},"table":7}',
  '{"authz":{"key":"a"',
  "null",
])("what is no memory of ours counts for nothing: %s", (text) => {
  const now = as({ authz: "a" });
  file = join(folder, "passed.json");
  writeFileSync(file, text);
  expect(passedBefore(now, file)).toEqual(new Map());
});

test("every project with tests has a fingerprint, and none is another's", () => {
  const found = fingerprints();
  for (const project of ["session-core", "store-sql", "example-express", "tools"]) {
    expect(found.get(project)).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(new Set(found.values()).size).toBe(found.size);
});
