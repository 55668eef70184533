// Two processes of 25 callers each, on one table: every name and every swap is won once.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";

const rounds = 5;

/** Most of a child's life would be compiling. */
const NODE_COMPILE_CACHE = join(tmpdir(), "latchkey-table-compile-cache");

/** @param target As `openTable` takes it; the table holds the rows of the contract. */
export async function raceInTwoProcesses(target: string, name: string): Promise<void> {
  const script = new URL("./children/racer.ts", import.meta.url);
  const children = ["a", "b"].map((who) =>
    fork(script, [target, name, who], {
      execArgv: ["--conditions=@latchkey/source"],
      env: { ...process.env, NODE_OPTIONS: "", NODE_COMPILE_CACHE },
    }),
  );
  try {
    expect(await Promise.all(children.map(nextMessage))).toEqual(["ready", "ready"]);
    for (let round = 0; round < rounds; round++) {
      const answers = Promise.all(children.map(nextMessage));
      for (const child of children) child.send(round);
      const [a, b] = await answers;
      expect(Number(a?.won) + Number(b?.won)).toBe(1);
      expect(Number(a?.swapped) + Number(b?.swapped)).toBe(1);
    }
    const ended = Promise.all(children.map((child) => once(child, "exit")));
    for (const child of children) child.send("end");
    expect((await ended).map(([code]) => code)).toEqual([0, 0]);
  } finally {
    for (const child of children) child.kill("SIGKILL");
  }
}

async function nextMessage(child: ChildProcess) {
  const died = once(child, "exit").then(([code]) => {
    throw new Error(`the process ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, "message"), died]);
  return message;
}
