// Who asks: a person's browser that wants a page, or a program that wants JSON.

import type { Exchange } from "@latchkey/session-core";

/** True for clients that must never get a page or a redirect: JSON, fetch and AJAX. */
export function wantsJson(exchange: Exchange): boolean {
  if (exchange.getHeader("x-requested-with") !== undefined) return true;
  if (isJsonType(exchange.getHeader("content-type"))) return true;
  const accept = exchange.getHeader("accept") ?? "";
  if (/\btext\/html\b/i.test(accept)) return false;
  // W3C Fetch Metadata: fetch() says nothing else of itself unless its caller does.
  if (exchange.getHeader("sec-fetch-dest") === "empty") return true;
  return /\bapplication\/(?:[\w.+-]+\+)?json\b/i.test(accept);
}

/** RFC 8259 JSON and its `+json` relatives (RFC 6839 §3.1). */
export function isJsonType(contentType: string | undefined): boolean {
  return /^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType ?? "");
}
