// What an answer has sent so far, while it waits for its session.

import type { ResponseLike } from "./node-types.ts";
import { swallow } from "./swallow.ts";

export class HeldCalls {
  readonly #res: ResponseLike;
  #calls: { readonly args: readonly unknown[]; run(): unknown }[] = [];

  constructor(res: ResponseLike) {
    this.#res = res;
  }

  /** @param args Of `write` or `end`; a callback may be among them. */
  add(args: readonly unknown[], run: () => unknown): void {
    this.#calls.push({ args, run });
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
