// Commits the session before the first byte: what the handler sends is held until the commit is
// done, and dropped if it fails, so that nobody is told of a write that was lost.

import type { AnswerStage } from "./answer-stage.ts";
import { applyHead } from "./apply-head.ts";
import { type Committable, isDirty } from "./committable.ts";
import { expectDrain, sayLastDrain } from "./drain.ts";
import { ErrorPage } from "./error-page.ts";
import { freezeHead, isSent, refuseHead, thawHead } from "./frozen-head.ts";
import { copyHeaders, putBackCookies, putBackHead } from "./head-before.ts";
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

/** For error pages. */
export interface Hold {
  stage(): AnswerStage;
  /** Calls once a complete answer is sent or dropped. */
  afterwards(call: () => void): void;
  /**
   * Drops the answer. Nothing of it gets out any more, and what the handler left unsaved is not stored:
   * the error page needs no commit.
   */
  drop(): void;
  /** From now on, whatever is sent is the error page. To be called after {@link drop}. */
  openPage(): void;
}

/** To be called before the handler. */
export function holdResponse(
  res: ResponseLike,
  exchange: NodeExchange,
  session: Committable,
  events: HoldEvents,
): Hold {
  const { writeHead, write, end, flushHeaders, statusCode } = res;
  const headers = copyHeaders(res);
  let state: "open" | "held" | "passed" | "dropped" = "open";
  let endWaits = false;
  let calls: HeldCalls | null = null;
  let page: ErrorPage | null = null;
  let waiting: (() => void)[] | null = null;

  function gatedWriteHead(...args: [status: number, ...rest: unknown[]]): unknown {
    begin();
    if (state === "passed" && !exchange.isPrivate) return Reflect.apply(writeHead, res, args);
    if (state === "dropped") return res; // By what a middleware has wrapped around it.
    if (state === "held" && res.headersSent) refuseHead(res);
    // Set one by one, as `writeHead` would drop the cookies for those of the same name.
    applyHead(res, args);
    exchange.settleCache(res);
    if (state === "passed") return writeHead.call(res, res.statusCode);
    hold([], () => writeHead.call(res, res.statusCode));
    return res;
  }

  function gatedWrite(...args: [chunk: unknown, ...rest: unknown[]]): boolean {
    begin();
    // Nothing overtakes the end.
    if (state === "dropped" || endWaits) return swallow(res, args);
    if (state === "passed") return Reflect.apply(write, res, args);
    hold(args, () => Reflect.apply(write, res, args));
    return held().hasRoomAfter(args);
  }

  function gatedEnd(...args: unknown[]): unknown {
    const call = (): unknown => Reflect.apply(end, res, args);
    if (endWaits || state === "dropped") {
      swallow(res, args);
    } else if (state === "passed" && isDirty(session)) {
      // Changed after the first byte, while streaming: stored before the last one, or cut off.
      endWaits = true;
      held().add(args, call);
      void after(session.save(), runCalls);
    } else if (begin() === "passed") {
      return call();
    } else {
      endWaits = true;
      hold(args, call);
    }
    return res;
  }

  function gatedFlushHeaders(): void {
    const call = (): void => flushHeaders?.call(res);
    begin();
    if (state === "passed") call();
    else if (state === "held" && !endWaits) hold([], call);
  }

  /** The first call shows whether there is anything to wait for. */
  function begin(): "held" | "passed" | "dropped" {
    if (state !== "open") return state;
    if (isDirty(session) || exchange.hasHeaders) {
      state = "held";
      void after(session.commit(), release);
    } else {
      session.sealHead();
      state = "passed";
    }
    return state;
  }

  function held(): HeldCalls {
    calls ??= new HeldCalls(res);
    return calls;
  }

  function hold(args: readonly unknown[], run: () => unknown): void {
    held().add(args, run);
    freezeHead(res);
    if (!endWaits) expectDrain(res);
  }

  /** Goes on once the session is stored, unless the answer was dropped meanwhile. Never rejects. */
  async function after(stored: Promise<void>, goOn: () => void): Promise<void> {
    try {
      await stored;
      if (state !== "dropped") goOn();
    } catch (error) {
      // Not stored; or stored, and Node refuses a call that was held: a chunk that is none, say.
      refuse(error);
    }
  }

  /** Changed once more meanwhile: stored as well, but once only, as a visit may stay due. */
  function release(): void {
    if (endWaits && isDirty(session)) {
      void after(session.save(), flush);
    } else flush();
  }

  function flush(): void {
    thawHead(res);
    exchange.flushHeaders(res);
    state = "passed";
    const streaming = !endWaits;
    runCalls();
    if (streaming) sayLastDrain(res); // For whoever saw `write` return false.
  }

  function runCalls(): void {
    endWaits = false; // Node's `end` calls `writeHead`, and that of HTTP/2 `write`.
    calls?.run();
    settle();
  }

  function refuse(error: unknown): void {
    if (state === "dropped") return;
    if (isSent(res)) return void cutOff(error);
    try {
      drop(true);
      page?.open();
      events.fail(error);
    } catch (cause) {
      cutOff(cause);
    }
  }

  function cutOff(error: unknown): void {
    state = "dropped";
    events.onError(error);
    res.destroy(error instanceof Error ? error : undefined);
    settle();
  }

  /** @param reset Whether all that the handler has set goes; its cookies always do. */
  function drop(reset: boolean): void {
    state = "dropped";
    session.sealHead();
    thawHead(res);
    // Other headers of an answer that was not begun may be other middleware's: security headers, say.
    if (reset) putBackHead(res, statusCode, headers);
    else putBackCookies(res, headers);
    page = new ErrorPage(res, { writeHead, write, end, flushHeaders });
    settle();
  }

  function settle(): void {
    calls?.drop();
    const settled = waiting ?? [];
    waiting = null;
    for (const call of settled) call();
  }

  // One by one: `Object.assign` costs four times as much here.
  res.writeHead = gatedWriteHead;
  res.write = gatedWrite;
  res.end = gatedEnd;
  res.flushHeaders = gatedFlushHeaders;

  return {
    // Not a getter: that makes each of these objects ten microseconds dearer.
    stage() {
      if (page?.isOpen === true) return "failed";
      if (state === "dropped") return "dropped";
      if (endWaits) return "complete";
      if (isSent(res)) return "sent";
      return state === "held" ? "held" : "open";
    },
    afterwards(call) {
      waiting ??= [];
      waiting.push(call);
    },
    drop() {
      if (page === null) drop(state === "held");
      else page.close();
    },
    openPage: () => page?.open(),
  };
}
