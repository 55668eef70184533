import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { findFences } from "../fences/fence.ts";

test("type errors are reported where they stand in the document", () => {
  const run = spawnSync("node", ["tools/fences/check-fences.ts", "tools/test/fixtures/fences.md"], {
    cwd: new URL("../..", import.meta.url),
    encoding: "utf8",
  });
  const file = "tools/test/fixtures/fences.md";
  expect(run.stderr.trim().split("\n")).toEqual([
    `${file}:32 a fence is plain \`\`\`ts, not "ts no-check"`,
    `${file}:15:10 error TS2322: Type 'string' is not assignable to type 'number'.`,
    `${file}:19:9 error TS2322: Type 'string' is not assignable to type 'number'.`,
  ]);
  expect(run.stdout).toBe("4 fences, 3 problems\n");
  expect(run.status).toBe(1);
});

test("a doc comment's example is a fence", () => {
  const source = [
    "/**",
    " * Adds.",
    " * ```ts",
    " * if (true) {",
    " *   add(1, 2);",
    " * }",
    " *",
    " * ```",
    " */",
    "export function add() {}",
  ].join("\n");
  expect(findFences(source).fences).toEqual([
    { code: "if (true) {\n  add(1, 2);\n}\n", line: 4, indent: 3 },
  ]);
});
