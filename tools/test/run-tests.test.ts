import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("a passing run, and why a test was skipped", () => {
  const run = runTests(["passes"]);
  expect(run.lines).toContain("1 skipped: no such server here");
  expect(run.lines.at(-1)).toBe("1 passed, 0 failed, 1 skipped");
  expect(run.status).toBe(0);
});

test.each([
  ["a failing test", ["fails"], "1 passed, 1 failed", 1],
  ["a file that does not load", ["passes", "does-not-load"], "1 passed, 1 failed, 1 skipped", 1],
  ["a hook that throws", ["hook-throws"], "0 passed, 1 failed, 1 skipped", 1],
  ["an error that escapes a test", ["unhandled"], "1 passed, 1 failed", 1],
  ["no test at all", ["no-such-file"], "0 passed, 1 failed", 1],
  ["an unknown option", ["--no-such-option"], "0 passed, 1 failed", 1],
])("%s", (_name, args, closingLine, status) => {
  const run = runTests(args);
  expect(run.lines.at(-1)).toBe(closingLine);
  expect(run.status).toBe(status);
});

test("a worker that dies", () => {
  const run = runTests(["worker-dies"]);
  expect(run.lines.at(-1)).toMatch(/^0 passed, [12] failed$/);
  expect(run.status).toBe(1);
});

function runTests(args: string[]): { lines: string[]; status: number | null } {
  const run = spawnSync(process.execPath, ["../../run-tests.ts", ...args], {
    cwd: new URL("./fixtures", import.meta.url),
    encoding: "utf8",
  });
  return { lines: run.stdout.trimEnd().split("\n"), status: run.status };
}
