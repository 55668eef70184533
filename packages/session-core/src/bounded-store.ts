// A store that always answers in time. For backends behind a network: one that hangs makes every
// request of every visitor hang with it, one that is down gets time to come back.

import { performance } from "node:perf_hooks";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { type Duration, durationMs } from "./duration.ts";
import { type Store, StoreError } from "./store.ts";

export interface BoundedStoreOptions {
  /** How long one call may take. Default `'400ms'`. */
  timeout?: Duration;
}

/** For `scan` and `deleteExpired`, which nobody waits for: this many times the timeout. */
const PATIENCE = 10;

/**
 * Puts a limit on every call. A call that takes longer rejects with `ERR_STORE_UNAVAILABLE`; what
 * it asked for may still come to pass.
 *
 * After three failures in a row, or failures for 0.8 s, calls are refused at once; every half second
 * one of them is let through, and its success lets all through again. Reads and writes are judged apart,
 * since a backend may refuse only one of them.
 *
 * @throws {TypeError} When `timeout` is not a duration.
 */
export function boundedStore(store: Store, options: BoundedStoreOptions = {}): Store {
  const { timeout = "400ms" } = options;
  const timeoutMs = durationMs(timeout, "timeout");
  const clock = (): number => performance.now(); // Never put back, as `Date.now` may be.
  const reading = new CircuitBreaker(clock);
  const writing = new CircuitBreaker(clock);
  const read = <T>(call: () => Promise<T>): Promise<T> => bounded(reading, timeoutMs, call);
  const write = <T>(call: () => Promise<T>): Promise<T> => bounded(writing, timeoutMs, call);
  const maintain = <T>(call: () => Promise<T>): Promise<T> => patiently(PATIENCE * timeoutMs, call);
  return {
    create: (record) => write(() => store.create(record)),
    get: (id) => read(() => store.get(id)),
    replace: (next) => write(() => store.replace(next)),
    touch: (id, seenAt, expiresAt) => write(() => store.touch(id, seenAt, expiresAt)),
    delete: (id) => write(() => store.delete(id)),
    listByOwner: (owner, limit) => read(() => store.listByOwner(owner, limit)),
    scan: (prefix, cursor, limit) => maintain(() => store.scan(prefix, cursor, limit)),
    deleteByOwner: (owner, exceptId) => write(() => store.deleteByOwner(owner, exceptId)),
    deleteExpired: (limit) => maintain(() => store.deleteExpired(limit)),
  };
}

async function bounded<T>(
  breaker: CircuitBreaker,
  timeoutMs: number,
  call: () => Promise<T>,
): Promise<T> {
  const attempt = breaker.enter();
  if (attempt === null) throw unavailable("the store has failed repeatedly and is given a pause");
  try {
    const result = await patiently(timeoutMs, call);
    attempt.succeeded();
    return result;
  } catch (error) {
    // Full is an answer.
    if (error instanceof StoreError && error.code !== "ERR_STORE_UNAVAILABLE") attempt.succeeded();
    else attempt.failed();
    throw error;
  }
}

async function patiently<T>(timeoutMs: number, call: () => Promise<T>): Promise<T> {
  try {
    return await inTime(call(), timeoutMs);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw unavailable("the store failed", { cause: error });
  }
}

function inTime<T>(result: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // When this process itself was held up, the answer may be waiting to be read.
      setImmediate(() => reject(unavailable(`the store did not answer within ${timeoutMs} ms`)));
    }, timeoutMs);
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function unavailable(message: string, options?: ErrorOptions): StoreError {
  return new StoreError("ERR_STORE_UNAVAILABLE", message, options);
}
