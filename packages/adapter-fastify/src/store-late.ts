// Stores what a handler changed that answers by `reply.hijack()` or `reply.raw` alone: when its reply
// is out, or when the client went away before.

import { type Committable, isDirty } from "@latchkey/adapter-node";
import { SessionError } from "@latchkey/session-core";
import type { FastifyExchange } from "./fastify-exchange.ts";

interface LateState {
  readonly opened: Committable | null;
  readonly exchange: FastifyExchange;
}

type Report = (error: unknown) => void;

/** @param report Hears of what can't be stored, and of a cookie that came too late. */
export function storeAfterReply(state: LateState, report: Report): void {
  // Broken off: the handler may be at work still.
  if (state.exchange.reply.raw.writableEnded) settle(state, report);
  else settleAtEnd(state, report);
}

export function storeAfterAbort(state: LateState, report: Report): void {
  // A handler that only waits for the client to go may never call `end`.
  if (state.exchange.reply.sent) store(state, report);
  settleAtEnd(state, report);
}

function settleAtEnd(state: LateState, report: Report): void {
  if (state.exchange.settled) return;
  const { raw } = state.exchange.reply;
  const { end } = raw;
  raw.end = (...args: unknown[]) => {
    raw.end = end;
    const result: unknown = Reflect.apply(end, raw, args);
    settle(state, report);
    return result;
  };
}

function settle(state: LateState, report: Report): void {
  store(state, report);
  state.exchange.settled = true;
}

/** Does nothing for a reply that came by `onSend`. */
function store({ opened, exchange }: LateState, report: Report): void {
  if (opened === null || exchange.settled || !isDirty(opened)) return;
  opened.commit().then(() => {
    if (!exchange.hasHeaders) return;
    exchange.takeHeaders();
    report(new SessionError("ERR_SESSION_LATE", LATE));
  }, report);
}

const LATE =
  "a hijacked reply was sent without its session cookie; log in and start sessions elsewhere";
