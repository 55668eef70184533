// Sends an answer that is plain data.

import type { Reply } from "@latchkey/session-core";
import type { ResponseLike } from "./node-types.ts";

interface Request {
  readonly method?: string | undefined;
  readonly complete: boolean;
  readonly httpVersionMajor: number;
}

/** Headers of the body that a handler had in mind. */
const OF_ANOTHER_BODY = [
  "content-disposition",
  "content-encoding",
  "content-range",
  "etag",
  "last-modified",
  "transfer-encoding",
];

/** Does nothing when something else, a timeout say, has answered before. */
export function sendReply(res: ResponseLike & { readonly req: Request }, reply: Reply): void {
  if (res.headersSent) return;
  const { req } = res;
  res.statusCode = reply.status;
  // What a handler has set before it failed gives way; cookies stand side by side.
  for (const name of OF_ANOTHER_BODY) res.removeHeader(name);
  for (const [name] of reply.headers) {
    if (name.toLowerCase() !== "set-cookie") res.removeHeader(name);
  }
  for (const [name, value] of reply.headers) res.appendHeader(name, value);
  // A refusal may come before the body was read; the rest of it is not waited for. RFC 9113 §8.2.2
  // forbids the header in HTTP/2, where a stream ends without its connection.
  if (!req.complete && req.httpVersionMajor < 2) res.setHeader("connection", "close");
  res.setHeader("content-length", Buffer.byteLength(reply.body));
  if (req.method === "HEAD") res.end();
  else res.end(reply.body);
}
