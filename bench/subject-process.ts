// The runner's end of a child process: starts it, asks it for its usage, stops it.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Since the start of the process. */
interface Usage {
  /** User and system time, microseconds. */
  cpuUs: number;
  /** Store calls by name. */
  calls: Record<string, number>;
}

export interface SubjectProcess {
  readonly port: number;
  readonly pid: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

const ANSWER_MS = 20_000;

/** @throws When the subject can't be loaded, with what it wrote to stderr. */
export async function startSubject(name: string): Promise<SubjectProcess> {
  const child = fork(fileURLToPath(new URL("./serve.ts", import.meta.url)), [name], {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  try {
    const message = await nextMessage(child);
    if (!isPort(message)) throw new TypeError("no port");
    return {
      port: message.port,
      pid: child.pid ?? 0,
      async usage() {
        child.send("usage");
        const answer = await nextMessage(child);
        if (!isUsage(answer)) throw new TypeError("no usage");
        return answer;
      },
      async stop() {
        if (!child.connected) return;
        const exited = once(child, "exit");
        child.disconnect();
        await exited;
      },
    };
  } catch (cause) {
    child.kill();
    throw new Error(`${name} did not start\n${stderr.trim()}`, { cause });
  }
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (settled: () => void): void => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit);
      settled();
    };
    const onMessage = (message: unknown): void => settle(() => resolve(message));
    const onExit = (): void => settle(() => reject(new Error("the process ended")));
    const onTimeout = (): void => settle(() => reject(new Error("the process does not answer")));
    const timer = setTimeout(onTimeout, ANSWER_MS);
    child.on("message", onMessage).on("exit", onExit);
  });
}

function isPort(value: unknown): value is { port: number } {
  return typeof value === "object" && value !== null && "port" in value;
}

function isUsage(value: unknown): value is Usage {
  return typeof value === "object" && value !== null && "cpuUs" in value && "calls" in value;
}
