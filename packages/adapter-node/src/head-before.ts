// The status and the headers of a response before the handler, for an error page in its place.

import { setStatusMessage } from "./apply-head.ts";
import type { ResponseLike } from "./node-types.ts";

/** @returns Puts them back. */
export function rememberHead(res: ResponseLike): () => void {
  const { statusCode } = res;
  const headers: Record<string, number | string | string[] | undefined> = res.getHeaders();
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = [...value]; // `appendHeader` adds to the list itself.
  }
  return () => {
    res.statusCode = statusCode;
    setStatusMessage(res, "");
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) res.setHeader(name, value);
    }
  };
}
