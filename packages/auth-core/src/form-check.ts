// The CSRF stage: whether a POST to a login comes from a page of ours.

import type { Exchange } from "@latchkey/session-core";
import { isBrowserForm, sentCsrfToken } from "./csrf-field.ts";

/** A form needs its token. A program that sends JSON and no browser headers can't have been tricked into it. */
export function mayPost(
  exchange: Exchange,
  session: { checkCsrf(token: string | undefined): boolean },
  fields: Readonly<Record<string, string>>,
): boolean {
  const token = sentCsrfToken(exchange, fields);
  if (token === undefined && !isBrowserForm(exchange)) return true;
  return session.checkCsrf(token);
}
