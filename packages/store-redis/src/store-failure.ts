// Whatever goes wrong with Redis → a StoreError that carries nothing of a record.
import { StoreError } from "@latchkey/session-core";

/** @param what The operation, for the message. */
export function storeFailure(what: string, error: unknown): StoreError {
  const cause = withoutArguments(error);
  // Redis 6 says it in the middle of another message.
  if (error instanceof Error && /\bOOM command not allowed/.test(error.message)) {
    return new StoreError("ERR_STORE_FULL", "Redis has no memory left; see maxmemory", { cause });
  }
  const message = `the Redis store could not do its work: ${what}`;
  return new StoreError("ERR_STORE_UNAVAILABLE", message, { cause });
}

/** ioredis hangs the command on its errors, and Redis repeats one that it does not know. */
function withoutArguments(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  Reflect.deleteProperty(error, "command");
  const [head = "", ...rest] = error.message.split(/,? with args beginning with/);
  if (rest.length > 0) {
    error.message = head;
    error.stack = `${error.name}: ${head}`;
  }
  return error;
}
