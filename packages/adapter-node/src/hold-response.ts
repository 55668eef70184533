// Commits the session before the first byte: what the handler sends is held until the commit is
// done, and dropped if it fails, so that nobody is told of a write that was lost.

import { applyHead, setStatusMessage } from "./apply-head.ts";
import { type Committable, isDirty } from "./committable.ts";
import type { NodeExchange } from "./node-exchange.ts";
import type { ResponseLike } from "./node-types.ts";

/** For error pages. */
export interface Hold {
  /** Drops what is still held of the handler's answer. */
  dropHeld(): void;
  /** The same, and what the handler left unsaved is not stored: the error page needs no commit. */
  abandon(): void;
}

/**
 * To be called before the handler.
 *
 * @param fail Answers in the handler's place; the response is as it was when this was called.
 */
export function holdResponse(
  res: ResponseLike,
  exchange: NodeExchange,
  session: Committable,
  fail: (error: unknown) => void,
): Hold {
  const { writeHead, write, end, flushHeaders } = res;
  const { statusCode } = res;
  const headers = res.getHeaders();
  let state: "open" | "held" | "passed" | "dropped" = "open";
  let endWaits = false;
  let calls: (() => unknown)[] = [];

  /** Runs a call now if nothing waits for the session; else puts it behind the commit. */
  function gate(call: () => unknown): "passed" | "held" {
    if (endWaits && state !== "dropped") return "held"; // Nothing overtakes the end.
    if (state === "open") {
      if (!isDirty(session) && !exchange.hasHeaders) {
        session.sealHead();
        state = "passed";
        return "passed";
      }
      state = "held";
      void after(session.commit(), release);
    }
    if (state !== "held") return "passed";
    calls.push(call);
    return "held";
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
    if (endWaits && isDirty(session)) void after(session.save(), flush);
    else flush();
  }

  function flush(): void {
    exchange.flushHeaders(res);
    state = "passed";
    const streaming = !endWaits;
    endWaits = false; // Node's `end` calls `writeHead`.
    const waiting = calls;
    calls = [];
    for (const call of waiting) call();
    if (streaming) res.emit("drain"); // For whoever saw `write` return false.
  }

  function refuse(error: unknown): void {
    if (state === "dropped") return;
    if (res.headersSent) return void cutOff(error);
    try {
      dropAnswer();
      fail(error);
    } catch (cause) {
      cutOff(cause);
    }
  }

  function cutOff(error: unknown): void {
    res.destroy(error instanceof Error ? error : undefined);
  }

  function dropAnswer(): void {
    state = "dropped";
    session.sealHead();
    // Also past what other middleware has wrapped around them meanwhile: a compressor, say, that
    // believes its stream has ended.
    Object.assign(res, { writeHead, write, end, flushHeaders, statusCode });
    setStatusMessage(res, "");
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) res.setHeader(name, value);
    }
  }

  function gatedWriteHead(...args: unknown[]): unknown {
    const outcome = gate(() => writeHead.call(res, res.statusCode));
    if (outcome === "passed" && !exchange.isPrivate) return Reflect.apply(writeHead, res, args);
    // Set one by one, as `writeHead` would drop the cookies for those of the same name.
    applyHead(res, args);
    exchange.settleCache(res);
    return outcome === "passed" ? writeHead.call(res, res.statusCode) : res;
  }

  function gatedWrite(...args: unknown[]): boolean {
    const call = (): boolean => Reflect.apply(write, res, args);
    return gate(call) === "passed" ? call() : false;
  }

  function gatedEnd(...args: unknown[]): unknown {
    const call = (): unknown => Reflect.apply(end, res, args);
    if (state === "passed" && !endWaits && isDirty(session)) {
      // Changed after the first byte, while streaming: stored before the last one, or cut off.
      endWaits = true;
      void after(session.save(), () => {
        endWaits = false;
        call();
      });
      return res;
    }
    const outcome = gate(call);
    if (outcome === "passed") return call();
    endWaits = true;
    return res;
  }

  function gatedFlushHeaders(): void {
    const call = (): void => flushHeaders?.call(res);
    if (gate(call) === "passed") call();
  }

  // One by one: `Object.assign` costs four times as much here.
  res.writeHead = gatedWriteHead;
  res.write = gatedWrite;
  res.end = gatedEnd;
  res.flushHeaders = gatedFlushHeaders;
  function dropHeld(): void {
    if (state === "held") dropAnswer();
  }

  return {
    dropHeld,
    abandon() {
      dropHeld();
      if (state === "dropped") return;
      state = "dropped";
      session.sealHead();
    },
  };
}
