// Runs a TypeScript file in a process of its own, from the sources, and talks with it by lines.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

export interface Child {
  process: ChildProcessByStdio<Writable, Readable, null>;
  /** What it has said so far, whole lines only. */
  lines(): string[];
  /** Its line number `index`, as soon as it is said; fails if it ends before. */
  line(index: number): Promise<string>;
  tell(line: string): void;
  /** Resolves to its exit code, or the signal that ended it, once all it said is read. */
  ended: Promise<number | string>;
}

/** @param limitKiB The largest file it may write, by `ulimit`. */
export function startChild(script: URL, args: string[], limitKiB: number | null = null): Child {
  const node = [process.execPath, "--conditions=@latchkey/source", fileURLToPath(script), ...args];
  const limited = `ulimit -S -f ${limitKiB}; exec "$@"`; // In bash the unit is 1,024 bytes.
  const [command = "", ...rest] =
    limitKiB === null ? node : ["bash", "-c", limited, "bash", ...node];
  const child = spawn(command, rest, {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      NODE_COMPILE_CACHE: join(tmpdir(), "latchkey-file-compile-cache"),
    },
  });
  child.stdin.on("error", () => {}); // It may be dead when it is told something.
  let output = "";
  let over = false;
  let wake: () => void = () => {};
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    wake();
  });
  const lines = (): string[] => output.split("\n").slice(0, -1);
  const ended = once(child, "close").then(([code, signal]) => {
    over = true;
    wake();
    return code ?? signal;
  });
  return {
    process: child,
    lines,
    async line(index) {
      for (;;) {
        const said = lines()[index];
        if (said !== undefined) return said;
        if (over) throw new Error(`the child ended, having said: ${output}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    ended,
  };
}
