// The arguments of `writeHead`, set on the response one by one (Node's own forms of them).

import type { ResponseLike } from "./node-types.ts";

/** @param args `(status, message?, headers?)`; headers as an object, pairs, or a flat list. */
export function applyHead(res: ResponseLike, args: unknown[]): void {
  const [status, second, third] = args;
  res.statusCode = Number(status);
  if (typeof second === "string") setStatusMessage(res, second);
  const headers = typeof second === "string" ? third : (second ?? third);
  if (Array.isArray(headers)) {
    const pairs = Array.isArray(headers[0]) ? headers : pairUp(headers);
    for (const [name] of pairs) res.removeHeader(String(name));
    for (const [name, value] of pairs) res.appendHeader(String(name), texts(value));
  } else if (typeof headers === "object" && headers !== null) {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) res.setHeader(name, texts(value));
    }
  }
}

/** HTTP/2 has none (RFC 9113 §8.3.1), and Node warns of it. */
export function setStatusMessage(res: ResponseLike, message: string): void {
  if (res.req.httpVersionMajor < 2) res.statusMessage = message;
}

function pairUp(flat: unknown[]): unknown[][] {
  const pairs: unknown[][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) pairs.push(flat.slice(index, index + 2));
  return pairs;
}

function texts(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(String) : String(value);
}
