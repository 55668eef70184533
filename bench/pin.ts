// Keeps a process on one core, so that what else the machine does moves nothing about: without it
// two runs differ by more than what is measured.

import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

// Asked once: it says 1 as soon as this process is kept on one core itself.
const cores = availableParallelism();

/**
 * @param core 0 for the load, 1 for the subject.
 * @returns Whether it could be done: on Linux with `taskset` (util-linux) and two cores.
 */
export function pin(pid: number, core: 0 | 1): boolean {
  if (process.platform !== "linux" || cores < 2) return false;
  try {
    execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", String(core), String(pid)], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}
