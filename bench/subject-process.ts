// The runner's end of a child process: starts it, asks it for its usage, stops it.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { keyOf, type Subject } from "./subject.ts";

/** Since the start of the process. */
interface Usage {
  /** User and system time, microseconds. */
  cpuUs: number;
  /** Store calls by name. */
  calls: Record<string, number>;
}

/** After a garbage collection. */
export interface Memory {
  /** The JavaScript heap, and buffers outside it. */
  heapBytes: number;
  rssBytes: number;
}

export interface SubjectProcess {
  readonly port: number;
  readonly pid: number;
  usage(): Promise<Usage>;
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

const ANSWER_MS = 30_000;

/**
 * @param redisUrl `''` when there is none.
 * @throws When the subject can't be started, with what it wrote to stderr.
 */
export async function startSubject(
  subject: Subject,
  redisUrl: string,
  nodeOptions: readonly string[] = [],
): Promise<SubjectProcess> {
  const file = fileURLToPath(new URL("./serve.ts", import.meta.url));
  const child = fork(file, [keyOf(subject), redisUrl], {
    env: { ...process.env, NODE_ENV: "production" },
    execArgv: [...process.execArgv, "--expose-gc", ...nodeOptions],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr = (stderr + chunk).slice(-10_000);
  });
  async function ask<T>(question: string, isAnswer: (value: unknown) => value is T): Promise<T> {
    child.send(question);
    const answer = await nextMessage(child);
    if (!isAnswer(answer)) throw new TypeError(`${question}: not understood`);
    return answer;
  }
  try {
    const message = await nextMessage(child);
    if (!isPort(message)) throw new TypeError("no port");
    return {
      port: message.port,
      pid: child.pid ?? 0,
      usage: () => ask("usage", isUsage),
      memory: () => ask("memory", isMemory),
      async stop() {
        if (!child.connected) return;
        const exited = once(child, "exit");
        child.disconnect();
        await exited;
      },
    };
  } catch (cause) {
    child.kill();
    throw new Error(`${keyOf(subject)} did not start\n${stderr.trim()}`, { cause });
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

function isMemory(value: unknown): value is Memory {
  return typeof value === "object" && value !== null && "heapBytes" in value && "rssBytes" in value;
}
