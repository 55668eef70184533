// A database server as a child process: started, frozen, killed, started again on the same data, and
// gone with the process that started it, however that one ends.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface DataServer {
  /** For a driver: with user, password and database. */
  readonly url: string;
  readonly port: number;
  /** Of the main process; another one after `restart`. */
  readonly pid: number;
  /** Holds all its processes (SIGSTOP): connections stay open, nothing answers from now on. */
  freeze(): void;
  resume(): void;
  /** `kill -9` of all its processes. The data stays. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and data, after `kill`. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export interface DataServerPlan {
  url: string;
  port: number;
  command: string;
  args: readonly string[];
  /** Its user, where it refuses to run as root. */
  as: { uid?: number; gid?: number };
  /** Everything it writes is in here; gets a file `log`. */
  folder: string;
  /** Rejects until it takes connections. */
  ready: () => Promise<void>;
  /** What it ends at, without waiting for its clients. */
  stopSignal: NodeJS.Signals;
}

const START_MS = 60_000;
const STOP_MS = 10_000;

/** @throws {Error} With the end of its log, when it doesn't start. */
export async function startDataServer(plan: DataServerPlan): Promise<DataServer> {
  const { url, port, folder, stopSignal } = plan;
  let child = await launch(plan);
  const signal = (name: NodeJS.Signals): void => {
    if (!isRunning(child)) return;
    // PostgreSQL has a process for every connection.
    const children = childrenOf(pidOf(child));
    child.kill(name);
    for (const pid of children) signalQuietly(pid, name);
  };
  const kill = async (): Promise<void> => {
    const exited = whenExited(child);
    const children = childrenOf(pidOf(child));
    signal("SIGKILL");
    await exited;
    while (children.some(isAlive)) await sleep(5);
  };
  return {
    url,
    port,
    get pid() {
      return pidOf(child);
    },
    freeze() {
      signal("SIGSTOP");
      // On a busy machine a server of several threads goes on for a moment after the signal.
      while (isRunning(child) && !areStopped([pidOf(child), ...childrenOf(pidOf(child))]));
    },
    resume: () => signal("SIGCONT"),
    kill,
    async restart() {
      if (isRunning(child)) throw new Error("the server is running");
      child = await launch(plan);
    },
    async stop() {
      signal("SIGCONT");
      const exited = whenExited(child);
      child.kill(stopSignal);
      await Promise.race([exited, sleep(STOP_MS, undefined, { ref: false })]);
      if (isRunning(child)) await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function launch({ command, args, as, folder, ready }: DataServerPlan): Promise<ChildProcess> {
  const logPath = join(folder, "log");
  const log = openSync(logPath, "a");
  const child = spawn(command, args, { stdio: ["ignore", log, log], cwd: "/", ...as });
  closeSync(log);
  child.on("error", () => {}); // seen below: it has no pid
  child.unref();
  if (child.pid !== undefined) endWithUs(child, folder);
  const end = Date.now() + START_MS;
  for (;;) {
    try {
      await ready();
      return child;
    } catch (cause) {
      if (isRunning(child) && Date.now() < end) {
        await sleep(20);
        continue;
      }
      child.kill("SIGKILL");
      const said = readFileSync(logPath, "utf8").slice(-2_000);
      throw new Error(`${command} did not start:\n${said}`, { cause });
    }
  }
}

/** A shell waits for the end of its input, which comes with the end of this process, even by a kill. */
function endWithUs(child: ChildProcess, folder: string): void {
  const script = `cat > /dev/null; kill -KILL "$1" $(pgrep -P "$1"); rm -rf -- "$2"`;
  const guard = spawn("sh", ["-c", script, "guard", String(child.pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.on("error", () => {});
  guard.unref();
  if ("unref" in guard.stdin && typeof guard.stdin.unref === "function") guard.stdin.unref();
  child.once("exit", () => guard.kill());
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
  return (stdout ?? "").split("\n").filter(Boolean).map(Number);
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

/** In a container, what nobody waits for stays a zombie; that counts as gone. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return /^[^Z]/.test((stdout ?? "").trim());
}

/** With all their threads. */
function areStopped(pids: readonly number[]): boolean {
  const { stdout } = spawnSync("ps", ["-L", "-o", "stat=", "-p", pids.join()], {
    encoding: "utf8",
  });
  return (stdout ?? "").split("\n").every((state) => /^[TtZ]|^\s*$/.test(state));
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error("the server did not start");
  return pid;
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function whenExited(child: ChildProcess): Promise<void> {
  child.ref();
  if (isRunning(child)) await once(child, "exit");
}
