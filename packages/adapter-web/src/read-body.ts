// Reads the body of a Request, but never more of it than a login may send.

import { BODY_LIMIT, bodyKind, parseBody, UNREADABLE } from "@latchkey/auth-core";

/**
 * @returns The fields of a form or JSON; `null` without a body or for other types; `false` for one
 * that can't be read.
 * @throws {TypeError} When it was read before.
 */
export async function readBody(request: Request): Promise<unknown> {
  const kind = bodyKind((name) => request.headers.get(name) ?? undefined);
  if (request.bodyUsed)
    throw new TypeError("login and logout read the body themselves: pass on a clone");
  if (kind === "unreadable") return UNREADABLE;
  if (kind === "other" || request.body === null) return null;
  const bytes = await readBytes(request.body);
  return bytes === null ? UNREADABLE : parseBody(kind, bytes);
}

/** `null` when it is too long, or breaks off. */
async function readBytes(body: ReadableStream<Uint8Array>): Promise<Uint8Array | null> {
  const reader = body.getReader();
  const all = new Uint8Array(BODY_LIMIT);
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return all.subarray(0, length);
      if (length + value.length > BODY_LIMIT) {
        await reader.cancel();
        return null;
      }
      all.set(value, length);
      length += value.length;
    }
  } catch {
    return null;
  }
}
