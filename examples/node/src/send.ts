// Ways to answer on plain node:http.

import { type ServerResponse, STATUS_CODES } from "node:http";
import type { PageResult } from "@latchkey/example-shared";

export function sendPage(res: ServerResponse, page: PageResult, status = 200): void {
  for (const [name, value] of page.headers) res.setHeader(name, value);
  res.writeHead(status).end(page.html);
}

export function sendJson(res: ServerResponse, value: unknown, status = 200): void {
  if (!res.hasHeader("content-type")) res.setHeader("content-type", "application/json");
  res.writeHead(status).end(JSON.stringify(value));
}

/** RFC 9457. Says what it is, but never shows what was sent. */
export function sendProblem(res: ServerResponse, status: number): void {
  res.setHeader("content-type", "application/problem+json");
  // The rest of a body that is too long is not waited for.
  if (!res.req.complete) res.setHeader("connection", "close");
  sendJson(res, { type: "about:blank", status, title: STATUS_CODES[status] }, status);
}

export function sendSeeOther(res: ServerResponse, location: string): void {
  res.writeHead(303, { location }).end();
}
