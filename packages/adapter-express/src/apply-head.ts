// The arguments of `writeHead`, set on the response one by one (Node's own forms of them).

import type { ServerResponse } from "node:http";

/** @param args `(status, message?, headers?)`; headers as an object, pairs, or a flat list. */
export function applyHead(res: ServerResponse, args: unknown[]): void {
  const [status, second, third] = args;
  res.statusCode = Number(status);
  if (typeof second === "string") res.statusMessage = second;
  const headers = typeof second === "string" ? third : second;
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

function pairUp(flat: unknown[]): unknown[][] {
  const pairs: unknown[][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) pairs.push(flat.slice(index, index + 2));
  return pairs;
}

function texts(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(String) : String(value);
}
