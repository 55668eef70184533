// Bounds how many passwords are hashed at once, and how many may wait: a flood of logins must cost
// neither all cores nor all memory.

import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { HashError } from "./hash-error.ts";

/** How busy a hasher is, for metrics. */
export interface HashLoad {
  readonly running: number;
  readonly waiting: number;
  /** How many have been worked on since the start. */
  readonly done: number;
}

export interface HashQueue {
  /** @throws {HashError} `ERR_HASH_BUSY`, at once, when the queue is full. */
  run<Result>(task: () => Promise<Result>): Promise<Result>;
  readonly load: HashLoad;
}

export function createHashQueue(concurrency: number, queueLimit: number): HashQueue {
  const limit = pLimit(concurrency);
  let done = 0;
  return {
    async run(task) {
      if (limit.activeCount >= concurrency && limit.pendingCount >= queueLimit) {
        throw new HashError("ERR_HASH_BUSY", `${queueLimit} passwords are waiting already`);
      }
      try {
        return await limit(task);
      } finally {
        done += 1;
      }
    },
    get load() {
      return { running: limit.activeCount, waiting: limit.pendingCount, done };
    },
  };
}

/**
 * Leaves one core for everything else, and one thread of libuv's pool: hashing runs there, and so
 * do file access and DNS look-ups.
 */
export function defaultConcurrency(): number {
  const threads = Number(process.env["UV_THREADPOOL_SIZE"]) || 4;
  return Math.max(1, Math.min(availableParallelism(), threads) - 1);
}
