// Type-checks every ```ts fence of the Markdown and of the sources' doc comments, all with one run
// of tsc. A fence is a module of its own: it imports what it uses. Arguments: other documents, as
// globs from the root.
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fence, findFences } from "./fence.ts";

const everything = [
  "*.md",
  "docs/**/*.md",
  "{packages,examples}/*/README.md",
  "{bench,tools}/**/README.md",
  "packages/*/src/**/*.ts",
];

const documents = process.argv.length > 2 ? process.argv.slice(2) : everything;
const root = join(import.meta.dirname, "../..");
const out = join(import.meta.dirname, ".out"); // inside the workspace: imports resolve as in a package

interface Source {
  document: string;
  fence: Fence;
}

const sources = new Map<string, Source>();
const problems: string[] = [];
for (const document of globSync(documents, { cwd: root, exclude }).sort()) {
  const found = findFences(readFileSync(join(root, document), "utf8"));
  for (const { line, message } of found.problems) problems.push(`${document}:${line} ${message}`);
  for (const fence of found.fences) sources.set(`fence-${sources.size}.ts`, { document, fence });
}

problems.push(...typeErrors());
for (const problem of problems) console.error(problem);
console.log(`${sources.size} fences, ${problems.length} problems`);
if (problems.length > 0) process.exitCode = 1;

function typeErrors(): string[] {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  for (const [name, { fence }] of sources) writeFileSync(join(out, name), fence.code);
  const config = {
    extends: "../../../tsconfig.base.json",
    compilerOptions: {
      declaration: false,
      isolatedDeclarations: false,
      moduleDetection: "force",
      rewriteRelativeImportExtensions: false,
    },
    files: [...sources.keys()],
  };
  if (config.files.length === 0) return [];
  writeFileSync(join(out, "tsconfig.json"), JSON.stringify(config));
  const tsc = spawnSync("tsc", ["-p", ".", "--pretty", "false"], {
    cwd: out,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (tsc.error) throw tsc.error;
  const errors = tsc.stdout.split("\n").filter((line) => line !== "");
  if (errors.length === 0 && tsc.status !== 0) return [`tsc: exit ${tsc.status} ${tsc.stderr}`];
  if (errors.length === 0) rmSync(out, { recursive: true });
  return errors.map(inDocument);
}

/** `fence-3.ts(2,5): error …` becomes `docs/guide.md:41:5 error …`. */
function inDocument(error: string): string {
  const match = /^(fence-\d+\.ts)\((\d+),(\d+)\): (.*)$/.exec(error);
  const source = sources.get(match?.[1] ?? "");
  if (!match || !source) return error.replace(/^(\.\.\/)+/, ""); // in a source that a fence imports
  const line = source.fence.line + Number(match[2]) - 1;
  const column = source.fence.indent + Number(match[3]);
  return `${source.document}:${line}:${column} ${match[4]}`;
}

function exclude(path: string): boolean {
  return /(^|\/)(node_modules|dist|CHANGELOG\.md)$/.test(path);
}
