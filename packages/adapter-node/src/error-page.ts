// What comes in the place of an answer that was dropped: nothing more of that one gets out, the error
// page does, once; and what comes after it goes nowhere.

import { isSent, muteHead, thawHead } from "./frozen-head.ts";
import type { ResponseLike } from "./node-types.ts";
import { swallow } from "./swallow.ts";

/** The methods of a response that send something. */
export type Senders = Pick<ResponseLike, "writeHead" | "write" | "end" | "flushHeaders">;

export class ErrorPage {
  readonly #res: ResponseLike;
  #phase: "closed" | "open" | "sent" = "closed";

  /**
   * @param senders As they were before the handler: also past what other middleware has wrapped around
   *   them meanwhile, a compressor, say, that believes its stream has ended.
   */
  constructor(res: ResponseLike, senders: Senders) {
    this.#res = res;
    muteHead(res);
    res.writeHead = (...args) =>
      this.#phase === "closed" ? res : Reflect.apply(senders.writeHead, res, args);
    res.flushHeaders = () => {
      if (this.isOpen) senders.flushHeaders?.call(res);
    };
    res.write = (...args) =>
      this.isOpen ? Reflect.apply(senders.write, res, args) : swallow(res, args);
    res.end = (...args: unknown[]) => {
      if (this.isOpen) {
        const outcome = Reflect.apply(senders.end, res, args);
        if (isSent(res)) this.#phase = "sent"; // Else somebody further out holds it.
        return outcome;
      }
      swallow(res, args);
      return res;
    };
  }

  /** Whether whatever is sent now is taken for the error page. */
  get isOpen(): boolean {
    return this.#phase === "open";
  }

  open(): void {
    if (this.#phase !== "closed") return;
    this.#phase = "open";
    thawHead(this.#res);
  }

  /** Until {@link open}: the page is being made. */
  close(): void {
    if (this.#phase !== "open") return;
    this.#phase = "closed";
    muteHead(this.#res);
  }
}
