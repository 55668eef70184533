// Runs what comes after the session and commits before Koa sends the first byte. If that fails, what
// was set on the response is dropped, so that nobody is told of a write that was lost.

import { type Committable, copyHeaders, isDirty, saveBeforeEnd } from "@latchkey/adapter-node";
import { faultStatus } from "@latchkey/auth-core";
import { SessionError } from "@latchkey/session-core";
import type { ExtendableContext } from "koa";
import type { KoaExchange } from "./koa-exchange.ts";
import { resetResponse } from "./reset-response.ts";

/** @param session `null` when it could not be opened. */
export async function commitResponse(
  ctx: ExtendableContext,
  exchange: KoaExchange,
  session: Committable | null,
  next: () => Promise<unknown>,
): Promise<void> {
  const before = copyHeaders(ctx.res);
  let thrown: unknown = null;
  try {
    try {
      await next();
    } catch (error) {
      thrown = error;
      await commitBehind(ctx, exchange, session, error);
      throw error;
    }
    await commit(exchange, session);
    if (ctx.headerSent && exchange.hasHeaders) throw new SessionError("ERR_SESSION_LATE", LATE);
  } catch (error) {
    const status = faultStatus(error);
    // By Koa's custom, an error of the application's own leaves the response as it is.
    if (status !== null || error !== thrown) {
      // Koa leaves a response alone that has begun: it would look complete, or never end.
      if (ctx.headerSent) ctx.res.destroy();
      else resetResponse(ctx, before, status ?? 500);
    }
    throw error;
  }
  if (exchange.hasHeaders) exchange.flushHeaders(ctx.res);
  if (session !== null && (ctx.respond === false || isStream(ctx.body))) {
    saveBeforeEnd(ctx.res, session);
  }
}

/** `ctx.throw` is an answer, too: what was changed before it is stored, and the cookie goes along. */
async function commitBehind(
  ctx: ExtendableContext,
  exchange: KoaExchange,
  session: Committable | null,
  error: unknown,
): Promise<void> {
  // A fault of the session's own is not tried again.
  if (faultStatus(error) !== null) return session?.sealHead();
  try {
    await commit(exchange, session);
  } catch (fault) {
    // The visitor hears of the lost write; the application hears of both.
    ctx.app.emit("error", error, ctx);
    throw fault;
  }
  if (exchange.hasHeaders && !ctx.headerSent) exchange.flushBehindError();
}

async function commit(exchange: KoaExchange, session: Committable | null): Promise<void> {
  if (session === null) return;
  try {
    if (isDirty(session)) await session.commit();
  } catch (error) {
    exchange.takeHeaders(); // For an answer that is not sent.
    throw error;
  } finally {
    session.sealHead();
  }
}

function isStream(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  return "pipe" in body || body instanceof ReadableStream || body instanceof Response;
}

const LATE = "the response began before its session cookie; write to the session before the body";
