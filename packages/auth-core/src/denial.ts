// What someone is told who may not see a page: log in first, or no.

import type { Exchange, Reply } from "@latchkey/session-core";
import { wantsJson } from "./client-kind.ts";
import { absoluteUrl, type FlowContext } from "./flow-context.ts";
import type { ForbiddenPage, Template } from "./pages.ts";
import { problemReply, redirectReply } from "./reply.ts";

export interface DenialOptions {
  /** Where to log in; `false` never redirects. Default: the application's. */
  loginUrl?: string | false;
  /** The query parameter that tells the login page where to return to. Default `'next'`. */
  query?: string;
  /** An own page for those who may not. */
  template?: Template<ForbiddenPage>;
}

/** Sends a browser to the login page; anyone else gets 401. Only GET and HEAD can be returned to. */
export async function loginRequiredReply(
  context: FlowContext,
  exchange: Exchange,
  options: DenialOptions = {},
): Promise<Reply> {
  const { loginUrl = context.loginUrl, query = "next" } = options;
  const title = "Log in first.";
  const readable = exchange.method === "GET" || exchange.method === "HEAD";
  if (wantsJson(exchange)) return problemReply({ status: 401, code: "login-required", title });
  if (loginUrl === false || !readable) {
    const message = "You need to be logged in for this.";
    return context.pageReply("error", 401, { status: 401, title, message });
  }
  const here = absoluteUrl(exchange);
  const target = new URL(loginUrl, here);
  const local = target.origin === here.origin;
  // Another origin needs to be told of ours; it decides whether it trusts it.
  target.searchParams.set(query, local ? here.pathname + here.search : here.href);
  return redirectReply(local ? target.pathname + target.search : target.href);
}

/** 403 with what is missing. */
export async function forbiddenReply(
  context: FlowContext,
  exchange: Exchange,
  userId: string | null,
  reasons: string[],
  options: DenialOptions = {},
): Promise<Reply> {
  if (wantsJson(exchange)) {
    const title = reasons[0] ?? "You don’t have access to this.";
    return problemReply({ status: 403, code: "forbidden", title, reasons });
  }
  const loginUrl = options.loginUrl || context.loginUrl;
  const page: ForbiddenPage = { userId, reasons, loginUrl, logoutUrl: context.logoutUrl };
  return context.pageReply("forbidden", 403, page, { template: options.template });
}

/** 403 for a request that another site may have made the browser send. */
export async function forgedReply(context: FlowContext, exchange: Exchange): Promise<Reply> {
  const title = "The CSRF token is missing or wrong.";
  if (wantsJson(exchange)) return problemReply({ status: 403, code: "csrf", title });
  const message = "The page was open for too long. Go back, load it again and try once more.";
  return context.pageReply("error", 403, { status: 403, title: "Nothing was changed", message });
}
