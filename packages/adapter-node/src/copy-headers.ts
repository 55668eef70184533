// The headers of a response as they are now: Node and Fastify put further cookies into the same array.

import type { ResponseLike } from "./node-types.ts";

type Headers = ReturnType<ResponseLike["getHeaders"]>;

export function copyHeaders(res: { getHeaders(): Headers }): Headers {
  const copy: Record<string, number | string | string[] | undefined> = {};
  for (const [name, value] of Object.entries(res.getHeaders())) {
    copy[name] = Array.isArray(value) ? [...value] : value;
  }
  return copy;
}
