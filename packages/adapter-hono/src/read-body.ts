// The form or JSON body of a request, also where the application has read it already by Hono's means.

import { readBody as readWebBody } from "@latchkey/adapter-web";
import { BODY_LIMIT, bodyKind, UNREADABLE } from "@latchkey/auth-core";
import type { Context } from "hono";

const isForm = /^\s*(?:multipart\/form-data|application\/x-www-form-urlencoded)\s*(?:;|$)/i;

/** For a login: nobody needs it afterwards. */
export async function readBody(c: Context): Promise<unknown> {
  return c.req.raw.bodyUsed ? readCached(c) : readWebBody(c.req.raw);
}

/**
 * For a check: what the handler can read once more. `null` for a body that is long, or may be, unless
 * the application has read it before.
 */
export async function peekBody(c: Context): Promise<unknown> {
  const length = Number(c.req.header("content-length") ?? Number.POSITIVE_INFINITY);
  if (!c.req.raw.bodyUsed && !(length <= BODY_LIMIT)) return null;
  return isForm.test(c.req.header("content-type") ?? "") ? readForm(c) : readCached(c);
}

async function readForm(c: Context): Promise<unknown> {
  try {
    return await c.req.parseBody({ all: true });
  } catch {
    return UNREADABLE;
  }
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
