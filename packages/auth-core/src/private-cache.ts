// What a browser may do with an answer that a guard let through: keep it for as long as the session
// lives without a visit, where there is an idle timeout; else ask each time before showing it.

import type { Exchange } from "@latchkey/session-core";
import { wantsJson } from "./client-kind.ts";
import type { RequestState } from "./request-state.ts";

const ASK_EACH_TIME = "private, no-cache";

/** Answers that are the page itself, or a part of it: RFC 9110 §15. */
const PAGES: ReadonlySet<number> = new Set([200, 206, 304]);

/** Headers of an answer, as every framework can read and write them. */
export interface AnswerHeaders {
  get(name: string): unknown;
  set(name: string, value: string): unknown;
}

/**
 * `Cache-Control` for what a guard let through. What is loaded by scripts, or changes something, is
 * never kept, nor what was asked for with a credential of its own.
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
 * Looks at the answer once its status is known: errors and redirects are not kept, and a page only
 * for the cookies that it was asked for with, so that it is gone with the logout. A handler's own
 * `Cache-Control` stays.
 *
 * @param said What {@link privateCache} was and the guard has set; `null` without a guard.
 */
export function settleCache(said: string | null, status: number, headers: AnswerHeaders): void {
  if (said === null || said === ASK_EACH_TIME || headers.get("cache-control") !== said) return;
  if (!PAGES.has(status)) return void headers.set("cache-control", ASK_EACH_TIME);
  const vary = [headers.get("vary") ?? []].flat().join(", ");
  // RFC 9111 §4.1: only for a request with the same `Cookie`.
  if (!/(?:^|,)\s*(?:cookie|\*)\s*(?:,|$)/i.test(vary)) {
    headers.set("vary", vary === "" ? "Cookie" : `${vary}, Cookie`);
  }
}

/** What a script loads is for the script, and may have changed since. */
function isPage(exchange: Exchange): boolean {
  if (exchange.method !== "GET" && exchange.method !== "HEAD") return false;
  return exchange.getHeader("sec-fetch-dest") !== "empty" && !wantsJson(exchange);
}
