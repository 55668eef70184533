// Runs the app under test as a process of its own, the way it is run in earnest.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningApp } from "./adapter-contract.ts";

export interface AppProcessOptions {
  /** Where it runs. Default: a new empty folder, removed when it has ended. */
  cwd?: string;
  /** How long a start may take, milliseconds. Default 20,000. */
  startMs?: number;
}

/** A running app with the means to take it down hard. */
export interface AppProcess extends RunningApp {
  readonly pid: number;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Of our own environment, what any program needs; no setting of the app. */
const PASSED_ON = ["PATH", "HOME", "TMPDIR", "LANG", "SystemRoot", "TEMP"];

/**
 * A `start` for {@link adapterContract}: runs a command that prints `listening on http://…` when it
 * is ready, and takes its settings from the environment. It runs in an empty folder unless `cwd` says
 * otherwise, so name files by their whole paths.
 *
 * @example
 * ```ts
 * import { fileURLToPath } from "node:url";
 * import { appProcess } from "@latchkey/testing";
 *
 * const server = fileURLToPath(new URL("../dist/server.js", import.meta.url));
 * const start = appProcess(process.execPath, [server]);
 * const app = await start({ PORT: "0", STORE: "memory:" });
 * await app.stop();
 * ```
 */
export function appProcess(
  command: string,
  args: readonly string[],
  options: AppProcessOptions = {},
): (env: Readonly<Record<string, string>>) => Promise<AppProcess> {
  const { startMs = 20_000 } = options;
  return async (env) => {
    const cwd = options.cwd ?? mkdtempSync(join(tmpdir(), "latchkey-app-"));
    const child = spawn(command, args, {
      cwd,
      env: { ...inherited(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Whatever becomes of us, the app goes too.
    const orphan = (): void => void child.kill("SIGKILL");
    process.once("exit", orphan);
    const ended = exitOf(child).finally(() => {
      process.off("exit", orphan);
      if (options.cwd === undefined) rmSync(cwd, { recursive: true, force: true });
    });
    const output = collect(child);
    const url = await listening(child, ended, output, startMs);
    return {
      url,
      pid: child.pid ?? 0,
      output,
      async stop() {
        child.kill("SIGTERM");
        return ended;
      },
      async kill() {
        child.kill("SIGKILL");
        await ended;
      },
    };
  };
}

/** @throws {Error} With all that the app printed as its message, when it ends instead. */
async function listening(
  child: ChildProcess,
  ended: Promise<number | null>,
  output: () => string,
  startMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`the app was not listening after ${startMs} ms: ${output()}`));
    }, startMs);
    const look = (): void => {
      const url = /listening on (http:\/\/\S+)/.exec(output())?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      child.stdout?.off("data", look);
      resolve(url);
    };
    child.stdout?.on("data", look);
    ended.then(
      () => {
        clearTimeout(timer);
        reject(new Error(output().trim()));
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  }
  return () => Buffer.concat(chunks).toString("utf8");
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    // Not `exit`: what it printed last may still be on its way then.
    child.on("close", (code) => resolve(code));
  });
}

function inherited(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
