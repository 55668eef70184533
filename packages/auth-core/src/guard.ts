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
  const open = [loginUrl, context.logoutUrl].map(sameAs);

  return async (state, place) => {
    const { exchange } = state;
    const spared = state.exempt || open.some((isOpen) => isOpen(exchange.url));
    if (place === "mounted" && spared && !hasDotSegment(exchange.url)) return null;
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

/** A page is known by its path, and by its query if its URL has one. */
function sameAs(page: string | false): (url: string) => boolean {
  if (page === false) return () => false;
  const wanted = [...queryOf(page)];
  return (url) => {
    if (bare(url) !== bare(page)) return false;
    const query = queryOf(url);
    return wanted.every(([name, value]) => query.getAll(name).join("\n") === value);
  };
}

function bare(url: string): string {
  return url.replace(/[?#].*$/, "").replace(/\/$/, "");
}

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? "");
}

/**
 * Whoever serves files resolves `..`, also encoded, after the framework has matched the path: what is
 * exempt below `/public` would be reached as `/public/../private`.
 */
function hasDotSegment(url: string): boolean {
  const [path = ""] = url.split("?", 1);
  return /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:[/\\]|%2f|%5c|$)/i.test(path);
}
