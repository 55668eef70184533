// The headers of a response before the handler, for an error page in its place.

import { setStatusMessage } from "./apply-head.ts";
import type { ResponseLike } from "./node-types.ts";

export type Headers = Record<string, number | string | string[] | undefined>;

export function copyHeaders(res: ResponseLike): Headers {
  const headers: Headers = res.getHeaders();
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = [...value]; // `appendHeader` adds to the list itself.
  }
  return headers;
}

/** Of the cookies, only these headers' are left. */
export function putBackCookies(res: ResponseLike, headers: Headers): void {
  const lines = headers["set-cookie"];
  if (lines === undefined) res.removeHeader("set-cookie");
  else res.setHeader("set-cookie", lines);
}

/** Only these are left. */
export function putBackHead(res: ResponseLike, status: number, headers: Headers): void {
  res.statusCode = status;
  setStatusMessage(res, "");
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) res.setHeader(name, value);
  }
}
