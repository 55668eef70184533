// Sends an answer that is plain data.

import type { Reply } from "@latchkey/session-core";
import type { Response } from "express";

export function sendReply(res: Response, reply: Reply): void {
  res.statusCode = reply.status;
  for (const [name, value] of reply.headers) res.appendHeader(name, value);
  // A refusal may come before the body was read; the rest of it is not waited for.
  if (!res.req.complete) res.setHeader("connection", "close");
  res.setHeader("content-length", Buffer.byteLength(reply.body));
  if (res.req.method === "HEAD") res.end();
  else res.end(reply.body);
}
