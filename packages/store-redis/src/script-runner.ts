// Runs scripts by their name, sends their text where Redis has forgotten it, and waits for replicas
// where that is asked for.
import type { Cluster, Redis } from "ioredis";
import type { Script } from "./redis-scripts.ts";

export interface ScriptRunner {
  /** One command. */
  run(script: Script, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown>;
  /** The same, and not answered before so many replicas have it as were asked for. */
  confirm(
    script: Script,
    keys: readonly string[],
    args: readonly ScriptArgument[],
  ): Promise<unknown>;
}

type ScriptArgument = string | number;

/** How often a command is sent again because its key has moved to another node of the cluster. */
const MAX_MOVES = 5;

/** @param waitMs How long replicas may take. */
export function scriptRunner(
  redis: Redis | Cluster,
  replicas: number,
  waitMs: number,
): ScriptRunner {
  async function run(
    script: Script,
    keys: readonly string[],
    args: readonly ScriptArgument[],
  ): Promise<unknown> {
    const rest = [...keys, ...args];
    try {
      return await redis.evalsha(script.sha, keys.length, ...rest);
    } catch (error) {
      if (!beginsWith(error, /^NOSCRIPT/)) throw error;
      return redis.eval(script.lua, keys.length, ...rest);
    }
  }

  async function confirm(
    script: Script,
    keys: readonly string[],
    args: readonly ScriptArgument[],
  ): Promise<unknown> {
    const rest = [...keys, ...args];
    let forgotten = false;
    for (let moves = 0; ; ) {
      // WAIT counts what its own connection has written: both must take the same one.
      const both = redis.pipeline();
      if (forgotten) both.eval(script.lua, keys.length, ...rest);
      else both.evalsha(script.sha, keys.length, ...rest);
      const [done, confirmed] = (await both.wait(replicas, waitMs).exec()) ?? [];
      if (done === undefined || confirmed === undefined) throw new Error("Redis gave no answer");
      const [error, answer] = done;
      if (error === null) {
        if (confirmed[0] !== null) throw confirmed[0];
        if (Number(confirmed[1]) >= replicas || String(answer) === "0") return answer;
        throw new Error(`written, but not confirmed by ${replicas} replicas`);
      }
      if (beginsWith(error, /^NOSCRIPT/) && !forgotten) {
        forgotten = true;
        continue;
      }
      if (!beginsWith(error, /^(MOVED|ASK|TRYAGAIN) /) || ++moves > MAX_MOVES) throw error;
      // ioredis doesn't follow in a pipeline whose other command went well. It does here, and learns.
      await redis.hmget(keys[0] ?? "", "h");
    }
  }

  return { run, confirm: replicas === 0 ? run : confirm };
}

function beginsWith(error: unknown, pattern: RegExp): boolean {
  return error instanceof Error && pattern.test(error.message);
}
