// What a visitor is told when a session or its store failed.

import { type Exchange, type Reply, SessionError, StoreError } from "@latchkey/session-core";
import { wantsJson } from "./client-kind.ts";
import type { FlowContext } from "./flow-context.ts";
import { type Headers, problemReply } from "./reply.ts";

interface Fault {
  status: number;
  code: string;
  title: string;
  message: string;
}

const away: Fault = {
  status: 503,
  code: "unavailable",
  title: "Try again in a moment",
  message: "We can’t reach your session just now. Nothing was lost.",
};
const ended: Fault = {
  status: 401,
  code: "session-ended",
  title: "Your session has ended",
  message: "You were logged out while this page was loading, so nothing was saved.",
};
const broken: Fault = {
  status: 500,
  code: "internal-error",
  title: "Something went wrong",
  message: "It is not your fault. Nothing was saved.",
};

/** The answer for a fault of Latchkey's own; `null` for every other error. */
export async function faultReply(
  context: FlowContext,
  exchange: Exchange,
  error: unknown,
): Promise<Reply | null> {
  const fault = faultOf(error);
  if (fault === null) return null;
  if (fault !== ended) context.onError(error);
  const { status, code, title, message } = fault;
  const headers: Headers = status === 503 ? [["retry-after", "1"]] : [];
  if (wantsJson(exchange)) return problemReply({ status, code, title }, headers);
  return context.pageReply("error", status, { status, title, message }, { headers });
}

/** The HTTP status that fits a fault of Latchkey's own; `null` for every other error. */
export function faultStatus(error: unknown): number | null {
  return faultOf(error)?.status ?? null;
}

function faultOf(error: unknown): Fault | null {
  if (error instanceof StoreError) return away;
  if (!(error instanceof SessionError)) return null;
  switch (error.code) {
    case "ERR_SESSION_ENDED":
      return ended;
    case "ERR_SESSION_CONFLICT":
      return away;
    case "ERR_SESSION_DATA":
    case "ERR_SESSION_LATE":
    case "ERR_COOKIE_TOO_LARGE":
      return broken;
  }
}
