// What is written after an answer has ended goes nowhere. Node says so by an event of the response
// that ends the process if nobody listens; here the callback alone hears of it.

import { expectDrain, sayDrain } from "./drain.ts";
import type { ResponseLike } from "./node-types.ts";

/**
 * @param args Of `write` or `end`.
 * @returns `false`, for `write`; `drain` follows, so that whoever waits for it goes on.
 */
export function swallow(res: ResponseLike, args: readonly unknown[]): false {
  const callback = args.findLast((arg) => typeof arg === "function");
  if (typeof callback === "function") process.nextTick(callback, afterEnd());
  expectDrain(res);
  setImmediate(sayDrain, res);
  return false;
}

function afterEnd(): Error {
  return Object.assign(new Error("write after end"), { code: "ERR_STREAM_WRITE_AFTER_END" });
}
