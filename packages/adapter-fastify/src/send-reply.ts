// Sends an answer that is plain data.

import type { Reply } from "@latchkey/session-core";
import type { AnyReply } from "./hook.ts";

export function sendReply(reply: AnyReply, { status, headers, body }: Reply): AnyReply {
  reply.code(status);
  const lines = new Map<string, string[]>();
  for (const [name, value] of headers) lines.set(name, [...(lines.get(name) ?? []), value]);
  // Instead of what was set before; beside it for `set-cookie`, by Fastify's own rule.
  for (const [name, values] of lines) reply.header(name, values.length > 1 ? values : values[0]);
  // A refusal may come before the body was read; the rest of it is not waited for.
  const { complete, httpVersionMajor } = reply.request.raw;
  if (!complete && httpVersionMajor === 1) reply.header("connection", "close");
  // As bytes, so that no serializer of the route is put to work on it.
  reply.send(Buffer.from(body));
  return reply;
}
