// An answer that is plain data, as a Response.

import type { Reply } from "@latchkey/session-core";

export function replyResponse({ status, headers, body }: Reply, method: string): Response {
  return new Response(method === "HEAD" || body === "" ? null : body, { status, headers });
}
