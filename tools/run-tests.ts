// Runs vitest and says, last and on a line of its own, how many tests passed and failed. True also
// when a file does not load, an error escapes a test or vitest itself dies.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { addUnexplainedFailure, closingLine, parseTotals } from "./test-totals.ts";

const folder = mkdtempSync(join(tmpdir(), "latchkey-tests-"));
const totalsFile = join(folder, "totals.json");
const code = await vitest(process.argv.slice(2));
const totals = addUnexplainedFailure(readTotals(), code);
rmSync(folder, { recursive: true, force: true });
console.log(closingLine(totals));
process.exitCode = code === 0 && totals.failed > 0 ? 1 : code;

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
    return parseTotals(readFileSync(totalsFile, "utf8"));
  } catch {
    return null; // vitest died before its end
  }
}
