// Answers as plain data: redirects, JSON, and problems for programs (RFC 9457).

import type { Reply } from "@latchkey/session-core";

export type Headers = [name: string, value: string][];

/** RFC 9110 §15.4.4: 303 makes the next request a GET, whatever this one was. */
export function redirectReply(to: string): Reply {
  return {
    status: 303,
    headers: [
      ["location", to],
      ["cache-control", "no-store"],
    ],
    body: "",
  };
}

export function jsonReply(status: number, value: unknown, headers: Headers = []): Reply {
  return {
    status,
    headers: [
      ["content-type", "application/json; charset=utf-8"],
      ["cache-control", "no-store"],
      ["vary", "Accept, X-Requested-With, Sec-Fetch-Dest"],
      ["x-content-type-options", "nosniff"],
      ...headers,
    ],
    body: JSON.stringify(value),
  };
}

export interface Problem {
  status: number;
  /** Stable, for programs, e.g. `invalid-credentials`. */
  code: string;
  /** One sentence for people. */
  title: string;
  /** More of the same. */
  reasons?: readonly string[];
}

export function problemReply(
  { status, code, title, reasons }: Problem,
  headers: Headers = [],
): Reply {
  const body = { type: "about:blank", title, status, code, ...(reasons ? { reasons } : {}) };
  const reply = jsonReply(status, body, headers);
  reply.headers[0] = ["content-type", "application/problem+json"];
  return reply;
}

/** RFC 9110 §15.5.6. */
export function wrongMethodReply(allow: string): Reply {
  const problem = { status: 405, code: "method-not-allowed", title: `Use ${allow}.` };
  return problemReply(problem, [["allow", allow]]);
}
