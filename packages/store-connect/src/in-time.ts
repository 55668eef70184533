// No promise of a store that may hang is awaited without this.

import { StoreError } from "@latchkey/session-core";

/** @throws {StoreError} `ERR_STORE_UNAVAILABLE` when `ask` fails, or has no answer in time. */
export function inTime<T>(timeoutMs: number, ask: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // When this process itself was held up, the answer may be waiting to be read.
      setImmediate(() => {
        reject(unavailable(`the old store did not answer within ${timeoutMs} ms`));
      });
    }, timeoutMs);
    const fail = (error: unknown): void => {
      const known = error instanceof StoreError;
      reject(known ? error : unavailable("the old store failed", { cause: error }));
    };
    const result = new Promise<T>((settle) => settle(ask()));
    result.then(resolve, fail).finally(() => clearTimeout(timer));
  });
}

function unavailable(message: string, options?: ErrorOptions): StoreError {
  return new StoreError("ERR_STORE_UNAVAILABLE", message, options);
}
