// Remembers which test projects have passed, and on what: a second run leaves out those whose files,
// and everything that they depend on, are still the same. Turbo tells that by hashes.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isTotals, type Totals } from "./test-totals.ts";

export type Fingerprints = ReadonlyMap<string, string>;
export type PassedBefore = ReadonlyMap<string, Totals>;

const root = fileURLToPath(new URL("..", import.meta.url));
const DEFAULT_FILE = join(root, "node_modules", ".cache", "tests-passed.json");

/** One hash for each test project, of all that its tests can depend on. */
export function fingerprints(): Fingerprints {
  const run = spawnSync("turbo", ["run", "fingerprint", "--dry=json"], {
    cwd: root,
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(`turbo: ${run.error?.message ?? run.stderr}`);
  const answer: unknown = JSON.parse(run.stdout);
  const found = new Map<string, string>();
  for (const task of list(property(answer, "tasks"))) {
    const folder = String(property(task, "directory"));
    if (!existsSync(join(root, folder, "test"))) continue;
    found.set(projectOf(folder), keyOf([String(property(task, "hash"))]));
  }
  found.set("tools", keyOf([...found.values()])); // Its tests pack and install every package.
  return found;
}

/** The totals of the projects that passed as they are now. */
export function passedBefore(now: Fingerprints, file: string = DEFAULT_FILE): PassedBefore {
  const passed = new Map<string, Totals>();
  for (const [project, { key, totals }] of Object.entries(readMemory(file))) {
    if (now.get(project) === key) passed.set(project, totals);
  }
  return passed;
}

/** Keeps the projects that passed whole, none of their tests skipped, on what did not change meanwhile. */
export function remember(
  before: Fingerprints,
  after: Fingerprints,
  projects: ReadonlyMap<string, Totals>,
  file: string = DEFAULT_FILE,
): void {
  const memory = readMemory(file);
  for (const [project, totals] of projects) {
    const key = before.get(project);
    if (totals.failed > 0 || totals.skipped > 0 || totals.passed === 0) continue;
    if (key !== undefined && key === after.get(project)) memory[project] = { key, totals };
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(memory));
}

function projectOf(folder: string): string {
  return folder.startsWith("examples/") ? `example-${basename(folder)}` : basename(folder);
}

function keyOf(hashes: readonly string[]): string {
  const machine = `${process.version} ${process.platform} ${process.arch}`;
  return createHash("sha256")
    .update([machine, ...hashes].join("\n"))
    .digest("hex");
}

function readMemory(file: string): Record<string, { key: string; totals: Totals }> {
  let entries: [string, unknown][];
  try {
    entries = Object.entries(Object(JSON.parse(readFileSync(file, "utf8"))));
  } catch {
    return {}; // the first run, or a file that was cut short
  }
  const memory: Record<string, { key: string; totals: Totals }> = {};
  for (const [project, entry] of entries) {
    const key = property(entry, "key");
    const totals = property(entry, "totals");
    if (typeof key === "string" && isTotals(totals)) memory[project] = { key, totals };
  }
  return memory;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
