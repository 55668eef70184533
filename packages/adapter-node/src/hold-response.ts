// Commits the session before the first byte: what the handler sends is held until the commit is
// done, and dropped if it fails, so that nobody is told of a write that was lost.

import type { AnswerStage } from "./answer-stage.ts";
import { applyHead } from "./apply-head.ts";
import { type Committable, isDirty } from "./committable.ts";
import { ErrorPage, type Senders } from "./error-page.ts";
import { freezeHead, isSent, refuseHead, thawHead } from "./frozen-head.ts";
import { copyHeaders, type Headers, putBackHead } from "./head-before.ts";
import { HeldCalls } from "./held-calls.ts";
import type { NodeExchange } from "./node-exchange.ts";
import type { ResponseLike } from "./node-types.ts";
import { swallow } from "./swallow.ts";

export interface HoldEvents {
  /** To answer in the handler's place. The response is as it was before the handler. */
  fail(error: unknown): void;
  /** Hears of what there is no answer for any more: the connection is cut. */
  onError(error: unknown): void;
}

/** To be called before the handler. */
export function holdResponse(
  res: ResponseLike,
  exchange: NodeExchange,
  session: Committable,
  events: HoldEvents,
): Hold {
  return new Hold(res, exchange, session, events);
}

export type { Hold };

class Hold {
  readonly #res: ResponseLike;
  readonly #exchange: NodeExchange;
  readonly #session: Committable;
  readonly #events: HoldEvents;
  readonly #senders: Senders;
  readonly #status: number;
  readonly #headers: Headers;
  #state: "open" | "held" | "passed" | "dropped" = "open";
  #endWaits = false;
  // Most answers need none of these: less for the collector to tend.
  #calls: HeldCalls | null = null;
  #page: ErrorPage | null = null;
  #afterwards: (() => void)[] | null = null;

  constructor(res: ResponseLike, exchange: NodeExchange, session: Committable, events: HoldEvents) {
    this.#res = res;
    this.#exchange = exchange;
    this.#session = session;
    this.#events = events;
    const { writeHead, write, end, flushHeaders } = res;
    this.#senders = { writeHead, write, end, flushHeaders };
    this.#status = res.statusCode;
    this.#headers = copyHeaders(res);
    // One by one: `Object.assign` costs four times as much here.
    res.writeHead = (...args) => this.#writeHead(args);
    res.write = (...args) => this.#write(args);
    res.end = (...args: unknown[]) => this.#end(args);
    res.flushHeaders = () => this.#flushHeaders();
  }

  get stage(): AnswerStage {
    if (this.#page?.isOpen === true) return "failed";
    if (this.#state === "dropped") return "dropped";
    if (this.#endWaits) return "complete";
    if (isSent(this.#res)) return "sent";
    return this.#state === "held" ? "held" : "open";
  }

  /** Calls once a complete answer is sent or dropped. */
  afterwards(call: () => void): void {
    this.#afterwards ??= [];
    this.#afterwards.push(call);
  }

  /**
   * Drops the answer. Nothing of it gets out any more, and what the handler left unsaved is not stored:
   * the error page needs no commit.
   */
  drop(): void {
    if (this.#page === null) this.#drop(this.#state === "held");
    else this.#page.close();
  }

  /** From now on, whatever is sent is the error page. To be called after {@link drop}. */
  openPage(): void {
    this.#page?.open();
  }

  #writeHead(args: [status: number, ...rest: unknown[]]): unknown {
    const res = this.#res;
    const { writeHead } = this.#senders;
    const state = this.#begin();
    if (state === "passed" && !this.#exchange.isPrivate) return Reflect.apply(writeHead, res, args);
    if (state === "dropped") return res; // By what a middleware has wrapped around it.
    if (state === "held" && res.headersSent) refuseHead(res);
    // Set one by one, as `writeHead` would drop the cookies for those of the same name.
    applyHead(res, args);
    this.#exchange.settleCache(res);
    if (state === "passed") return writeHead.call(res, res.statusCode);
    this.#hold([], () => writeHead.call(res, res.statusCode));
    return res;
  }

  #write(args: [chunk: unknown, ...rest: unknown[]]): boolean {
    const state = this.#begin();
    // Nothing overtakes the end.
    if (state === "dropped" || this.#endWaits) return swallow(this.#res, args);
    if (state === "passed") return Reflect.apply(this.#senders.write, this.#res, args);
    this.#hold(args, () => Reflect.apply(this.#senders.write, this.#res, args));
    return false;
  }

  #end(args: unknown[]): unknown {
    const call = (): unknown => Reflect.apply(this.#senders.end, this.#res, args);
    if (this.#endWaits || this.#state === "dropped") {
      swallow(this.#res, args);
    } else if (this.#state === "passed" && isDirty(this.#session)) {
      // Changed after the first byte, while streaming: stored before the last one, or cut off.
      this.#endWaits = true;
      this.#held().add(args, call);
      void this.#after(this.#session.save(), () => this.#runCalls());
    } else if (this.#begin() === "passed") {
      return call();
    } else {
      this.#hold(args, call);
      this.#endWaits = true;
    }
    return this.#res;
  }

  #flushHeaders(): void {
    const call = (): void => this.#senders.flushHeaders?.call(this.#res);
    const state = this.#begin();
    if (state === "passed") call();
    else if (state === "held" && !this.#endWaits) this.#hold([], call);
  }

  /** The first call shows whether there is anything to wait for. */
  #begin(): "held" | "passed" | "dropped" {
    if (this.#state !== "open") return this.#state;
    if (isDirty(this.#session) || this.#exchange.hasHeaders) {
      this.#state = "held";
      void this.#after(this.#session.commit(), () => this.#release());
    } else {
      this.#session.sealHead();
      this.#state = "passed";
    }
    return this.#state;
  }

  #held(): HeldCalls {
    this.#calls ??= new HeldCalls(this.#res);
    return this.#calls;
  }

  #hold(args: readonly unknown[], run: () => unknown): void {
    this.#held().add(args, run);
    freezeHead(this.#res);
  }

  /** Goes on once the session is stored, unless the answer was dropped meanwhile. Never rejects. */
  async #after(stored: Promise<void>, goOn: () => void): Promise<void> {
    try {
      await stored;
      if (this.#state !== "dropped") goOn();
    } catch (error) {
      // Not stored; or stored, and Node refuses a call that was held: a chunk that is none, say.
      this.#refuse(error);
    }
  }

  /** Changed once more meanwhile: stored as well, but once only, as a visit may stay due. */
  #release(): void {
    if (this.#endWaits && isDirty(this.#session)) {
      void this.#after(this.#session.save(), () => this.#flush());
    } else this.#flush();
  }

  #flush(): void {
    thawHead(this.#res);
    this.#exchange.flushHeaders(this.#res);
    this.#state = "passed";
    const streaming = !this.#endWaits;
    this.#runCalls();
    if (streaming) this.#res.emit("drain"); // For whoever saw `write` return false.
  }

  #runCalls(): void {
    this.#endWaits = false; // Node's `end` calls `writeHead`, and that of HTTP/2 `write`.
    this.#calls?.run();
    this.#settle();
  }

  #refuse(error: unknown): void {
    if (this.#state === "dropped") return;
    if (isSent(this.#res)) return void this.#cutOff(error);
    try {
      this.#drop(true);
      this.openPage();
      this.#events.fail(error);
    } catch (cause) {
      this.#cutOff(cause);
    }
  }

  #cutOff(error: unknown): void {
    this.#state = "dropped";
    this.#events.onError(error);
    this.#res.destroy(error instanceof Error ? error : undefined);
    this.#settle();
  }

  /** @param reset Whether what the handler has set goes, too. */
  #drop(reset: boolean): void {
    const res = this.#res;
    this.#state = "dropped";
    this.#session.sealHead();
    thawHead(res);
    if (reset) putBackHead(res, this.#status, this.#headers);
    this.#page = new ErrorPage(res, this.#senders);
    this.#settle();
  }

  #settle(): void {
    this.#calls?.drop();
    const afterwards = this.#afterwards ?? [];
    this.#afterwards = null;
    for (const call of afterwards) call();
  }
}
