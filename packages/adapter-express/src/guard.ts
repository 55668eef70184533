// Lets a request through, sends it to the login page, or refuses it.

import {
  type DenialOptions,
  type FlowContext,
  forbiddenReply,
  loginRequiredReply,
} from "@latchkey/auth-core";
import { authorize, type Rule } from "@latchkey/authz";
import type { Reply } from "@latchkey/session-core";
import type { Response } from "express";
import type { AnyRequest } from "./middleware.ts";
import type { RequestStates } from "./request-state.ts";

export function createGuard<User extends { id: string }, Data extends object>(
  context: FlowContext,
  states: RequestStates<User, Data>,
  rule: Rule<User>,
  denial: DenialOptions = {},
): (req: AnyRequest, res: Response) => Promise<Reply | "next"> {
  const decide = authorize<User>(rule, { onError: context.onError });
  const loginUrl = denial.loginUrl ?? context.loginUrl;

  return async (req, res) => {
    if (rule === false) {
      states.exempt(req);
      return "next";
    }
    // A guard inside a route always holds; one on `app.use` spares what must stay open.
    const spared = states.isExempt(req) || isPath(req, loginUrl) || isPath(req, context.logoutUrl);
    if (req.route === undefined && spared) return "next";
    const principal = states.principalOf(req);
    const decision = await decide(principal);
    const exchange = states.exchangeOf(req);
    switch (decision.kind) {
      case "allow":
        // The back button must not show it after the logout.
        if (!res.hasHeader("cache-control")) res.setHeader("cache-control", "private, no-cache");
        return "next";
      case "login":
        return loginRequiredReply(context, exchange, denial);
      case "forbid": {
        const userId = principal?.user.id ?? null;
        return forbiddenReply(context, exchange, userId, decision.reasons, denial);
      }
    }
  };
}

function isPath(req: AnyRequest, path: string | false): boolean {
  const bare = (text: string): string => text.replace(/[?#].*$/, "").replace(/\/$/, "");
  return path !== false && bare(req.originalUrl) === bare(path);
}
