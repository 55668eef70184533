// Responses of the example app.

import type { PageResult } from "@latchkey/example-shared";

export function answerPage(page: PageResult, status = 200): Response {
  return new Response(page.html, { status, headers: [...page.headers] });
}

/** RFC 9457. Says what it is, but never shows what was sent. */
export function answerProblem(status: number, title: string): Response {
  const headers = { "content-type": "application/problem+json" };
  return new Response(JSON.stringify({ type: "about:blank", status, title }), { status, headers });
}

export function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location } });
}
