// No promise of a store that may hang is awaited without this.

import { StoreError } from "@latchkey/session-core";

/** @throws {StoreError} `ERR_STORE_UNAVAILABLE` when `result` rejects, or isn't there in time. */
export function inTime<T>(timeoutMs: number, result: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(unavailable(`the old store did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const fail = (error: unknown): void => {
      const known = error instanceof StoreError;
      reject(known ? error : unavailable("the old store failed", { cause: error }));
    };
    result.then(resolve, fail).finally(() => clearTimeout(timer));
  });
}

function unavailable(message: string, options?: ErrorOptions): StoreError {
  return new StoreError("ERR_STORE_UNAVAILABLE", message, options);
}
