// Commits the session before Fastify sends the first byte: if that fails, what the handler sent is
// dropped, so that nobody is told of a write that was lost.

import { type Committable, copyHeaders, isDirty, saveBeforeEnd } from "@latchkey/adapter-node";
import { faultStatus } from "@latchkey/auth-core";
import type { FastifyReply } from "fastify";
import type { FastifyExchange } from "./fastify-exchange.ts";
import type { AnyReply } from "./hook.ts";

interface OpenState {
  readonly opened: Committable | null;
  readonly exchange: FastifyExchange;
}

/**
 * @returns Nothing when the reply may go out at once: most requests change nothing. Otherwise a
 *   promise that rejects when the reply must not go out; all that was set on it is taken back then.
 */
export function commitReply(
  exchange: FastifyExchange,
  session: Committable,
  reply: FastifyReply,
  payload: unknown,
  onError: (error: unknown) => void,
): Promise<void> | undefined {
  exchange.settled = true;
  if (isDirty(session)) return commitFirst(exchange, session, reply, payload, onError);
  session.sealHead();
  if (exchange.hasHeaders) exchange.flushToReply(reply);
  if (isStream(payload)) saveBeforeEnd(reply.raw, session, onError);
  return undefined;
}

/**
 * For a second reply while the first waits: it is not sent, as it would not be had the first gone out
 * at once.
 */
export function dropReply(reply: FastifyReply, payload: unknown): void {
  discard(payload);
  // A handler that is async and returns nothing ends in an empty reply, which nobody misses.
  if (payload === undefined || payload === null) return;
  reply.log.warn("a second reply was dropped: the first waits for its session to be stored");
}

/**
 * What the handler has set on the reply is taken back, and what it left unsaved is not stored: the
 * answer to a fault doesn't wait for the same store once more.
 */
export function giveUp({ exchange, opened }: OpenState, reply: AnyReply): void {
  exchange.settled = true;
  opened?.sealHead();
  if (!reply.raw.headersSent) exchange.resetHeaders(reply);
}

/** So that Fastify's own error handling answers with the right status, too. */
export function giveStatus(error: unknown): void {
  const statusCode = faultStatus(error);
  if (statusCode === null || !(error instanceof Error) || "statusCode" in error) return;
  if (!Object.isExtensible(error)) return;
  Object.assign(error, { statusCode });
}

async function commitFirst(
  exchange: FastifyExchange,
  session: Committable,
  reply: FastifyReply,
  payload: unknown,
  onError: (error: unknown) => void,
): Promise<void> {
  const { statusCode } = reply;
  const headers = copyHeaders(reply);
  exchange.committing = true;
  try {
    await session.commit();
  } catch (error) {
    exchange.committing = false;
    giveUp({ exchange, opened: session }, reply);
    reply.code(faultStatus(error) ?? 500);
    discard(payload);
    throw error;
  }
  exchange.committing = false;
  // Whatever a second reply has set meanwhile was not meant for this one.
  exchange.setHeaders(reply.code(statusCode), headers);
  exchange.flushToReply(reply);
  if (isStream(payload)) saveBeforeEnd(reply.raw, session, onError);
}

function isStream(payload: unknown): payload is object {
  if (typeof payload !== "object" || payload === null) return false;
  return "pipe" in payload || "getReader" in payload || payload instanceof Response;
}

/** Frees what a stream holds that nobody will read: files, connections. */
function discard(payload: unknown): void {
  const stream = payload instanceof Response ? payload.body : payload;
  if (stream instanceof ReadableStream) stream.cancel().catch(() => {});
  else if (isStream(stream) && "destroy" in stream && typeof stream.destroy === "function") {
    stream.destroy();
  }
}
