// Where a CSRF token travels, and which requests can't be forged by another site at all.

import type { Exchange } from "@latchkey/session-core";
import { isJsonType } from "./client-kind.ts";

/** Name of the hidden form field. */
export const CSRF_FIELD = "_csrf";

/** The token of a form field or of the header `X-CSRF-Token`. */
export function sentCsrfToken(
  exchange: Exchange,
  fields: Readonly<Record<string, unknown>>,
): string | undefined {
  const field = fields[CSRF_FIELD];
  return typeof field === "string" ? field : exchange.getHeader("x-csrf-token");
}

/**
 * Whether another site made a browser send this POST. Cookies that are Lax or Strict stay at home
 * then: that there are none says nothing about what the browser holds.
 */
export function isCrossSitePost(exchange: Exchange): boolean {
  if (exchange.method !== "POST") return false;
  const site = exchange.getHeader("sec-fetch-site");
  if (site !== undefined) return site === "cross-site";
  const origin = exchange.getHeader("origin");
  if (origin === undefined) return false;
  return origin.replace(/^https?:\/\//, "") !== exchange.host.toLowerCase();
}

/**
 * Whether a browser may have sent this on behalf of another site's page. Browsers add `Origin` or
 * `Sec-Fetch-Site` to every POST, and don't send JSON across sites unasked (Fetch §4.8, CORS).
 */
export function isBrowserForm(exchange: Exchange): boolean {
  const says = exchange.getHeader("origin") ?? exchange.getHeader("sec-fetch-site");
  return says !== undefined || !isJsonType(exchange.getHeader("content-type"));
}
