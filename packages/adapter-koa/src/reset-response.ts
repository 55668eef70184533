// Takes back what a handler has set on a response that is not sent.

import { Readable } from "node:stream";
import type { ExtendableContext } from "koa";

/** @param headers The ones to keep, as `res.getHeaders()` gives them. */
export function resetResponse(
  ctx: ExtendableContext,
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
  status: number,
): void {
  for (const name of ctx.res.getHeaderNames()) ctx.res.removeHeader(name);
  const { body } = ctx;
  ctx.body = undefined;
  // Frees what a stream holds that nobody will read: files, connections.
  if (body instanceof Readable) body.destroy();
  if (body instanceof ReadableStream) body.cancel().catch(() => {});
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) ctx.res.setHeader(name, value);
  }
  ctx.status = status;
}
