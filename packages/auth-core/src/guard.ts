// Lets a request through, sends it to the login page, or refuses it.

import type { Principal, Reply } from "@latchkey/session-core";
import { type DenialOptions, forbiddenReply, loginRequiredReply } from "./denial.ts";
import type { FlowContext } from "./flow-context.ts";
import type { RequestState } from "./request-state.ts";

/** What `authorize` of `@latchkey/authz` makes of a rule. */
export type Decide<User> = (
  principal: Principal<User> | null,
) => Promise<{ kind: "allow" } | { kind: "login" } | { kind: "forbid"; reasons: string[] }>;

/**
 * - `route`: for this one route. Always holds.
 * - `mounted`: for everything below some path. Spares what must stay open: the login and logout
 *   pages, and exempt requests.
 */
export type GuardPlace = "route" | "mounted";

/** @returns A check whose answer `null` lets the request through. */
export function createGuard<User extends { id: string }, Data extends object>(
  context: FlowContext,
  decide: Decide<User>,
  denial: DenialOptions = {},
): (state: RequestState<User, Data>, place: GuardPlace) => Promise<Reply | null> {
  const loginUrl = denial.loginUrl ?? context.loginUrl;
  const open = [loginUrl, context.logoutUrl].flatMap((url) => (url === false ? [] : [bare(url)]));

  return async (state, place) => {
    const { exchange } = state;
    if (place === "mounted" && (state.exempt || open.includes(bare(exchange.url)))) return null;
    const { principal } = state;
    const decision = await decide(principal);
    switch (decision.kind) {
      case "allow":
        return null;
      case "login":
        return loginRequiredReply(context, exchange, denial);
      case "forbid": {
        const userId = principal?.user.id ?? null;
        return forbiddenReply(context, exchange, userId, decision.reasons, denial);
      }
    }
  };
}

function bare(url: string): string {
  return url.replace(/[?#].*$/, "").replace(/\/$/, "");
}
