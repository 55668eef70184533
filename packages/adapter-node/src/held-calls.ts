// What an answer has sent so far, while it waits for its session.

import { getDefaultHighWaterMark } from "node:stream";
import type { ResponseLike } from "./node-types.ts";
import { swallow } from "./swallow.ts";

export class HeldCalls {
  readonly #res: ResponseLike;
  #calls: { readonly args: readonly unknown[]; run(): unknown }[] = [];
  #bytes = 0;

  constructor(res: ResponseLike) {
    this.#res = res;
  }

  /** @param args Of `write` or `end`; a callback may be among them. */
  add(args: readonly unknown[], run: () => unknown): void {
    this.#calls.push({ args, run });
  }

  /**
   * To be called for each `write`.
   *
   * @returns Whether more may come at once. Not when a stream beneath, of the usual size, will say the
   *   same of all that is held, and `drain` later.
   */
  hasRoomAfter(args: readonly unknown[]): boolean {
    this.#bytes += lengthOf(args);
    return this.#bytes < getDefaultHighWaterMark(false);
  }

  /** In their order. Stops at one that throws; what comes behind it is still held. */
  run(): void {
    for (let call = this.#calls.shift(); call !== undefined; call = this.#calls.shift()) call.run();
  }

  /** Nobody waits any longer, neither for a callback nor for `drain`. */
  drop(): void {
    for (const { args } of this.#calls) swallow(this.#res, args);
    this.#calls = [];
  }
}

/** Node refuses what is neither text nor bytes once it is sent. */
function lengthOf([chunk, encoding]: readonly unknown[]): number {
  if (chunk instanceof Uint8Array) return chunk.length;
  if (typeof chunk !== "string") return 0;
  const known = typeof encoding === "string" && Buffer.isEncoding(encoding);
  return Buffer.byteLength(chunk, known ? encoding : "utf8");
}
