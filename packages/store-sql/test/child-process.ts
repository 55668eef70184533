// Runs a TypeScript file in a process of its own, from the sources.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Most of a child's life would be compiling. */
const NODE_COMPILE_CACHE = join(tmpdir(), "latchkey-sql-compile-cache");

export interface Child {
  process: ChildProcess;
  /** What it has said so far, whole lines only. */
  lines(): string[];
  /** Resolves to its exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

export function startChild(script: URL, ...args: string[]): Child {
  const file = fileURLToPath(script);
  const child = spawn(process.execPath, ["--conditions=@latchkey/source", file, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_OPTIONS: "", NODE_COMPILE_CACHE },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  return { process: child, lines: () => output.split("\n").slice(0, -1), ended };
}
