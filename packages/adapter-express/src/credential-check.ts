// Credentials that come with the request itself: the first one present decides.

import { type Authenticator, problemReply } from "@latchkey/auth-core";
import type { Reply } from "@latchkey/session-core";
import type { AnyRequest } from "./middleware.ts";
import type { RequestStates } from "./request-state.ts";

export function createCredentialCheck<User extends { id: string }, Data extends object>(
  states: RequestStates<User, Data>,
  authenticators: readonly Authenticator<User>[],
): (req: AnyRequest) => Promise<Reply | "next"> {
  for (const { name } of authenticators) {
    if (typeof name === "string" && name !== "" && name !== "session") continue;
    throw new TypeError("an authenticator needs a name, and 'session' is taken");
  }
  return async (req) => {
    const exchange = states.exchangeOf(req);
    for (const authenticator of authenticators) {
      const result = await authenticator.authenticate(exchange);
      if (result.kind === "absent") continue;
      if (result.kind === "rejected") {
        const title = "That credential is not valid.";
        const problem = { status: 401, code: "invalid-credentials", title };
        return problemReply(problem, [["www-authenticate", result.wwwAuthenticate]]);
      }
      const { user, scopes = [], roleAccount = false } = result;
      states.accept(req, { user, via: authenticator.name, scopes, mfa: false, roleAccount });
      return "next";
    }
    return "next";
  };
}
