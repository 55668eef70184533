// What a browser may do with an answer that a guard let through: keep it for as long as the session
// lives without a visit, where there is an idle timeout; else ask each time before showing it.

import type { Exchange } from "@latchkey/session-core";
import type { RequestState } from "./request-state.ts";

const ASK_EACH_TIME = "private, no-cache";

/** Answers that are the page itself, or a part of it: RFC 9110 §15. */
const PAGES: ReadonlySet<number> = new Set([200, 206, 304]);

/** What `Sec-Fetch-Dest` says of a page that is shown, by itself or within another. */
const SHOWN: ReadonlySet<string> = new Set(["document", "iframe"]);

/** Headers of an answer, as every framework can read and write them. */
export interface AnswerHeaders {
  get(name: string): unknown;
  set(name: string, value: string): unknown;
}

/**
 * `Cache-Control` for what a guard let through. Only what a browser says it will show is kept: not
 * what scripts and programs load, what changes something, or comes for a credential of its own.
 */
export function privateCache<User extends { id: string }, Data extends object>({
  exchange,
  accepted,
  opened,
}: RequestState<User, Data>): string {
  if (!isPage(exchange) || accepted !== null) return ASK_EACH_TIME;
  if (opened === null || opened.user === null) return ASK_EACH_TIME;
  const { idleMs } = opened;
  return idleMs === null ? ASK_EACH_TIME : `private, max-age=${Math.floor(idleMs / 1_000)}`;
}

/**
 * Sets it. What may be kept is kept for the cookies only that it was asked for with, so that it is
 * gone with the logout: at once, as a handler may send the head without anybody looking at it.
 *
 * @param said What {@link privateCache} was.
 * @returns What is left to {@link settleCache}; `null` when that is nothing.
 */
export function sayPrivate(said: string, headers: AnswerHeaders): string | null {
  headers.set("cache-control", said);
  if (said === ASK_EACH_TIME) return null;
  varyByCookie(headers);
  return said;
}

/**
 * Looks at the answer once its status is known: errors and redirects are not kept, and a page still
 * varies by its cookies where a handler has set another `Vary`. A handler's own `Cache-Control` stays.
 *
 * @param said What {@link sayPrivate} returned; `null` without a guard.
 */
export function settleCache(said: string | null, status: number, headers: AnswerHeaders): void {
  if (said === null || headers.get("cache-control") !== said) return;
  if (PAGES.has(status)) varyByCookie(headers);
  else headers.set("cache-control", ASK_EACH_TIME);
}

/** RFC 9111 §4.1: only for a request with the same `Cookie`. */
function varyByCookie(headers: AnswerHeaders): void {
  const vary = [headers.get("vary") ?? []].flat().join(", ");
  if (/(?:^|,)\s*(?:cookie|\*)\s*(?:,|$)/i.test(vary)) return;
  headers.set("vary", vary === "" ? "Cookie" : `${vary}, Cookie`);
}

function isPage(exchange: Exchange): boolean {
  if (exchange.method !== "GET" && exchange.method !== "HEAD") return false;
  return SHOWN.has(exchange.getHeader("sec-fetch-dest") ?? "");
}
