// An express-session store, asked with promises that always settle in time.

import { StoreError } from "@latchkey/session-core";
import { inTime } from "./in-time.ts";

/** What is needed of an express-session store; every one of them fits. */
export interface ExpressSessionStore {
  get(sid: string, callback: (error: unknown, session?: unknown) => void): unknown;
  set(sid: string, session: object, callback: (error?: unknown) => void): unknown;
  destroy(sid: string, callback: (error?: unknown) => void): unknown;
  /** Not every store has it; what needs it rejects without. */
  all?(callback: (error: unknown, sessions?: unknown) => void): unknown;
}

/** The same with promises. Rejects with `ERR_STORE_UNAVAILABLE` only. */
export interface AskedStore {
  /** `null` when absent. */
  get(sid: string): Promise<unknown>;
  set(sid: string, session: object): Promise<void>;
  destroy(sid: string): Promise<void>;
  readonly canList: boolean;
  all(): Promise<unknown[]>;
}

/**
 * @param writeMs How long a write may take.
 * @throws {TypeError} When `store` is no express-session store.
 */
export function askStore(
  store: ExpressSessionStore,
  timeoutMs: number,
  writeMs: number = timeoutMs,
): AskedStore {
  const methods = [store?.get, store?.set, store?.destroy];
  if (!methods.every((method) => typeof method === "function")) {
    throw new TypeError("store must be an express-session store: get, set and destroy");
  }

  return {
    canList: typeof store.all === "function",
    async get(sid) {
      try {
        return (await called(timeoutMs, (done) => store.get(sid, done))) ?? null;
      } catch (error) {
        // express-session's own rule: a file store says so when there is no such session.
        if (error instanceof StoreError && codeOf(error.cause) === "ENOENT") return null;
        throw error;
      }
    },
    async set(sid, session) {
      await called(writeMs, (done) => store.set(sid, session, done));
    },
    async destroy(sid) {
      await called(writeMs, (done) => store.destroy(sid, done));
    },
    async all() {
      const sessions = await called(timeoutMs, (done) => {
        if (store.all !== undefined) return store.all(done);
        throw new StoreError(
          "ERR_STORE_UNAVAILABLE",
          "this express-session store has no all(), so records can't be listed by owner or prefix",
        );
      });
      // An array, or an object by id: express-session leaves that to the store.
      return Object.values(sessions ?? {});
    },
  };
}

type Done = (error?: unknown, value?: unknown) => void;

function called(timeoutMs: number, call: (done: Done) => unknown): Promise<unknown> {
  const ask = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const result = call((error, value) => (error ? reject(error) : resolve(value)));
      // Some stores are async functions that also call back: their rejection is theirs, too.
      if (result instanceof Promise) result.catch(reject);
    });
  return inTime(timeoutMs, ask);
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : null;
}
