// The packed files, in an empty project outside the workspace: what a user gets from npm.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { outputOf } from "./output-of.ts";
import { type PackedPackage, packPackages, publishedNames } from "./packed-packages.ts";

const folder = mkdtempSync(join(tmpdir(), "latchkey-pack-"));
const consumer = join(folder, "consumer");
let packages: PackedPackage[] = [];

beforeAll(() => {
  packages = packPackages(folder);
  cpSync(join(import.meta.dirname, "fixtures/consumer"), consumer, { recursive: true });
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every publishable package is packed", () => {
  expect(packages.map(({ name }) => name).sort()).toEqual(publishedNames());
});

test("every publishable package has a size limit", () => {
  const limits = readFileSync(join(import.meta.dirname, "../../.size-limit.json"), "utf8");
  expect(publishedNames().filter((name) => !limits.includes(`"${name}"`))).toEqual([]);
});

describe.each(publishedNames())("%s", (name) => {
  const packed = () => packages.find((candidate) => candidate.name === name)!;

  test("holds its build, its license and nothing else", () => {
    const { files } = packed();
    const other = files.filter((file) => !file.startsWith("dist/"));
    expect(other).toEqual(expect.arrayContaining(["LICENSE", "package.json"]));
    const allowed = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
    expect(other.filter((file) => !allowed.includes(file))).toEqual([]);
  });

  test("exports files that are there, each with its types", () => {
    const { exported, files, entryPoints } = packed();
    expect(exported.filter((file) => !files.includes(file.replace(/^\.\//, "")))).toEqual([]);
    expect(exported.filter((file) => file.endsWith(".d.ts"))).toHaveLength(entryPoints.length);
  });

  test("its manifest says nothing of the workspace", () => {
    expect(packed().manifest).not.toMatch(/@latchkey\/source|"workspace:|"catalog:|\.\/src\//);
  });
});

describe("installed in an empty project", () => {
  beforeAll(() => {
    const wanted = new Set(packages.flatMap(({ tarball, peers }) => [tarball, ...peers]));
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund"];
    outputOf(consumer, "npm", "install", ...quiet, ...wanted);
  }, 300_000);

  test("every entry point is imported, and required", () => {
    const script = `
      import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      for (const entry of ${JSON.stringify(entryPoints())}) {
        const url = import.meta.resolve(entry);
        if (!url.includes("/consumer/node_modules/") || !url.includes("/dist/")) throw new Error(url);
        await import(entry);
        require(entry);
        console.log(entry);
      }`;
    writeFileSync(join(consumer, "import-all.mjs"), script);
    const imported = outputOf(consumer, process.execPath, "import-all.mjs").trim().split("\n");
    expect(imported).toEqual(entryPoints());
  });

  test("its types check, with the libraries' own", () => {
    const imports = entryPoints().map((entry, at) => `export * as entry${at} from "${entry}";\n`);
    writeFileSync(join(consumer, "import-all.ts"), imports.join(""));
    const { status, stdout } = spawnSync("tsc", ["--pretty", "false", "-p", "."], {
      cwd: consumer,
      encoding: "utf8",
    });
    const problems = stdout.split("\n").filter((line) => /^\S.*: error TS\d+/.test(line));
    expect(status === 0 || problems.length > 0, stdout).toBe(true);
    // Types of others may disagree among themselves: @types/koa with what Express 5 brings along.
    expect(problems.filter((line) => !line.startsWith("node_modules/@types/"))).toEqual([]);
  });

  test("an Express app with a login answers", () => {
    const answers = outputOf(consumer, process.execPath, "app.ts").trim().split("\n");
    expect(answers).toEqual(["200 visit 1", "401", "200 hello alpha"]);
  });
});

function entryPoints(): string[] {
  return packages.flatMap((packed) => packed.entryPoints);
}
