// Reads the body of a request, but never keeps more of it than a login may send.

import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { BODY_LIMIT, bodyKind, parseBody, UNREADABLE } from "@latchkey/auth-core";

/** As much of a request as it takes, of HTTP/1 and HTTP/2. */
interface RequestWithBody extends Readable {
  readonly headers: IncomingHttpHeaders;
}

/** A body up to this long is thrown away, so that its sender finishes and sees the answer. */
const PATIENCE = 1_048_576;

/**
 * @returns What an application's own parser left in `req.body`, else the fields of a form or JSON;
 * `null` without a body or for other types; `false` for one that can't be read.
 * @throws {TypeError} When it was read before.
 */
export async function readBody(req: RequestWithBody): Promise<unknown> {
  const parsed: unknown = "body" in req ? req.body : undefined;
  if (parsed !== undefined) return parsed;
  const kind = bodyKind((name) => {
    const value = req.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  });
  if (kind === "other") return null;
  if (req.readableEnded)
    throw new TypeError("the body was read before: put it into the request's `body`, parsed");
  const bytes = await readBytes(req);
  return kind === "unreadable" || bytes === null ? UNREADABLE : parseBody(kind, bytes);
}

/** `null` when it is too long, or breaks off. */
function readBytes(req: RequestWithBody): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const announced = Number(req.headers["content-length"] ?? 0);
    if (req.destroyed || announced > PATIENCE) return resolve(null);
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (bytes: Uint8Array | null): void => {
      req.off("data", take).off("end", finish).off("close", abort).off("error", abort);
      resolve(bytes);
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= BODY_LIMIT) return void chunks.push(chunk);
      if (announced > BODY_LIMIT) return;
      req.pause(); // Nobody knows whether it ends.
      settle(null);
    };
    const finish = (): void => settle(length > BODY_LIMIT ? null : Buffer.concat(chunks));
    const abort = (): void => settle(null);
    req.on("data", take).on("end", finish).on("close", abort).on("error", abort);
  });
}
