// Parses JSON and forms into `ctx.request.body`, since Koa has no parser; yours will have
// `@koa/bodyparser`.

import type { Middleware } from "koa";

const LIMIT = 100 * 1024;

export const parseBody: Middleware = async (ctx, next) => {
  const type = ctx.request.is("json", "urlencoded");
  if (type !== false && type !== null) {
    const text = await readText(ctx.req);
    if (text === null) return ctx.throw(413);
    const body = type === "json" ? parseJson(text) : Object.fromEntries(new URLSearchParams(text));
    if (body === undefined) return ctx.throw(400);
    Object.assign(ctx.request, { body });
  }
  await next();
};

async function readText(request: AsyncIterable<Buffer>): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= LIMIT) chunks.push(chunk);
  }
  return length > LIMIT ? null : Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
