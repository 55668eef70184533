// Reads the body of a request, but never more of it than a login may send.

import { BODY_LIMIT, bodyKind, parseBody, UNREADABLE } from "@latchkey/adapter-web";
import type { NodeRequest } from "./node-types.ts";

/**
 * @returns What an application's own parser left in `req.body`, else the fields of a form or JSON;
 * `null` without a body or for other types; `false` for one that can't be read.
 * @throws {TypeError} When it was read before.
 */
export async function readBody(req: NodeRequest): Promise<unknown> {
  const parsed: unknown = "body" in req ? req.body : undefined;
  if (parsed !== undefined) return parsed;
  const kind = bodyKind((name) => {
    const value = req.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  });
  if (kind === "unreadable") return UNREADABLE;
  if (kind === "other") return null;
  if (req.readableEnded)
    throw new TypeError("the body was read before: put it into req.body, parsed");
  const bytes = await readBytes(req);
  return bytes === null ? UNREADABLE : parseBody(kind, bytes);
}

/** `null` when it is too long, or breaks off. */
function readBytes(req: NodeRequest): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (bytes: Uint8Array | null): void => {
      req.off("data", take).off("end", finish).off("close", abort).off("error", abort);
      resolve(bytes);
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= BODY_LIMIT) return void chunks.push(chunk);
      req.pause();
      settle(null);
    };
    const finish = (): void => settle(Buffer.concat(chunks));
    const abort = (): void => settle(null);
    req.on("data", take).on("end", finish).on("close", abort).on("error", abort);
  });
}
