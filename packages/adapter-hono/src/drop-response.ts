// Takes back what a handler has answered, its headers included, before an error page.

import type { Context } from "hono";

// What `hono/cors` sets before the handler: without it, scripts of other sites can't see the error.
const kept = /^(?:access-control-.*|vary)$/;

/** Hono adds the headers of a response that is replaced to the one that replaces it. */
export function dropResponse(c: Context): void {
  const { headers } = c.res;
  c.res = undefined;
  // What is left: headers set by `c.header`, for whatever response is made next.
  for (const name of [...c.res.headers.keys()]) c.header(name, undefined);
  for (const [name, value] of headers) if (kept.test(name)) c.header(name, value);
}
