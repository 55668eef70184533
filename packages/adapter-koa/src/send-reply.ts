// Sends an answer that is plain data.

import type { Reply } from "@latchkey/session-core";
import type { ExtendableContext } from "koa";

export function sendReply(ctx: ExtendableContext, { status, headers, body }: Reply): void {
  ctx.status = status;
  for (const [name] of headers) {
    if (name !== "set-cookie") ctx.remove(name);
  }
  for (const [name, value] of headers) ctx.res.appendHeader(name, value);
  // A refusal may come before the body was read; the rest of it is not waited for.
  if (!ctx.req.complete && ctx.req.httpVersionMajor === 1) ctx.set("connection", "close");
  ctx.body = body;
}
