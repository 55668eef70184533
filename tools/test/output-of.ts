import { spawnSync } from "node:child_process";

/** What a program prints; throws with all of it when it fails. */
export function outputOf(cwd: string, program: string, ...args: string[]): string {
  const run = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (run.error) throw run.error;
  if (run.status !== 0) {
    throw new Error(`${program} ${args.join(" ")}: exit ${run.status}\n${run.stdout}${run.stderr}`);
  }
  return run.stdout;
}
