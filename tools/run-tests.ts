// Runs vitest and says, last and on a line of its own, how many tests passed and failed. True also
// when a file does not load, an error escapes a test or vitest itself dies.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprints, passedBefore, remember } from "./passed-before.ts";
import {
  addUnexplainedFailure,
  closingLine,
  parseRunTotals,
  sum,
  type Totals,
} from "./test-totals.ts";

const FORCE = "--force";
const folder = mkdtempSync(join(tmpdir(), "latchkey-tests-"));
const totalsFile = join(folder, "totals.json");
try {
  const args = process.argv.slice(2);
  process.exitCode = args.every((arg) => arg === FORCE)
    ? await runChanged(args.includes(FORCE))
    : await runAsked(args);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Vitest as it is asked for. */
async function runAsked(args: string[]): Promise<number> {
  const code = await vitest(args);
  return close(code, addUnexplainedFailure(readTotals()?.all ?? null, code));
}

/** All tests but those of projects that passed just as they are now. */
async function runChanged(force: boolean): Promise<number> {
  const before = fingerprints();
  const known = force ? new Map<string, Totals>() : passedBefore(before);
  const unchanged = sum(known.values());
  let code = 0;
  let totals = unchanged;
  if (known.size < before.size) {
    code = await vitest([...known.keys()].map((project) => `--project=!${project}`));
    const run = readTotals();
    const all = addUnexplainedFailure(run?.all ?? null, code);
    totals = sum([unchanged, all]);
    const projects = new Map(Object.entries(run?.projects ?? {}));
    // An error outside of all tests may be any project's.
    const explained = all.failed === sum(projects.values()).failed;
    if (explained) remember(before, fingerprints(), projects);
  }
  if (known.size > 0) {
    const names = [...known.keys()].join(", ");
    console.log(`\nNot run again, as they passed and nothing that they depend on has changed`);
    console.log(`(${unchanged.passed} tests; npm test -- ${FORCE} runs them): ${names}\n`);
  }
  return close(code, totals);
}

function close(code: number, totals: Totals): number {
  console.log(closingLine(totals));
  return code === 0 && totals.failed > 0 ? 1 : code;
}

function vitest(args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn("vitest", ["run", ...args], {
      stdio: "inherit",
      env: { ...process.env, LATCHKEY_TEST_TOTALS: totalsFile },
      shell: process.platform === "win32",
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => child.kill(signal));
    }
    child.on("error", (error) => {
      console.error(`vitest: ${error.message}`);
      resolve(127);
    });
    child.on("exit", (status, signal) => {
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function readTotals() {
  try {
    return parseRunTotals(readFileSync(totalsFile, "utf8"));
  } catch {
    return null; // vitest died before its end
  }
}
