// Other JavaScript runtimes than Node.js, for tests: the pinned one by npm, else the one in PATH.
import { execFileSync } from "node:child_process";
import { type Missing, missing } from "./missing.ts";
import { fetchNpmProgram, type NpmProgram } from "./npm-program.ts";
import { onPath } from "./on-path.ts";

export interface Runtime {
  /** Its full path. */
  readonly program: string;
  /** As it says itself: `1.2.3`. */
  readonly version: string;
}

/**
 * @param wanted Its name is also what it is called in PATH.
 * @returns `missing`, the reason to skip with, where it neither is nor can be fetched.
 * @throws {Error} Instead of `missing` when `CI` is set: there, every test must run.
 */
export async function ensureRuntime(wanted: NpmProgram): Promise<Runtime | Missing> {
  const { name } = wanted;
  const fetched = await fetchNpmProgram(wanted);
  const program = "program" in fetched ? fetched.program : onPath([name]);
  if (program === null) {
    return missing(name, "problem" in fetched ? fetched.problem : "not in PATH");
  }
  const version = versionOf(program);
  // Such as one for a newer processor.
  return version === null ? missing(name, `${program} does not run here`) : { program, version };
}

function versionOf(program: string): string | null {
  try {
    const said = execFileSync(program, ["--version"], { encoding: "utf8", stdio: "pipe" });
    return /\d+\.\d+\.\d+/.exec(said)?.[0] ?? null;
  } catch {
    return null;
  }
}
