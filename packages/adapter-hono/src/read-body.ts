// The form or JSON body of a request, also where the application has read it already by Hono's means.

import { readBody as readWebBody } from "@latchkey/adapter-web";
import { bodyKind, UNREADABLE } from "@latchkey/auth-core";
import type { Context } from "hono";

/** For a login: nobody needs it afterwards. */
export async function readBody(c: Context): Promise<unknown> {
  return c.req.raw.bodyUsed ? readCached(c) : readWebBody(c.req.raw);
}

/** For a check: what the handler can read once more. `null` for a body of unknown length. */
export async function peekBody(c: Context): Promise<unknown> {
  const bounded = c.req.raw.bodyUsed || c.req.header("content-length") !== undefined;
  return bounded ? readCached(c) : null;
}

async function readCached(c: Context): Promise<unknown> {
  try {
    switch (bodyKind((name) => c.req.header(name))) {
      case "form":
        return await c.req.parseBody({ all: true });
      case "json":
        return await c.req.json();
      case "other":
        return null;
      case "unreadable":
        return UNREADABLE;
    }
  } catch {
    return UNREADABLE;
  }
}
