// Credentials that come with the request itself: the first one present decides.

import type { Reply } from "@latchkey/session-core";
import type { Authenticator } from "./authenticator.ts";
import { problemReply } from "./reply.ts";
import type { RequestState } from "./request-state.ts";

/** @returns A check whose answer `null` lets the request through. */
export function createCredentialCheck<User extends { id: string }, Data extends object>(
  authenticators: readonly Authenticator<User>[],
): (state: RequestState<User, Data>) => Promise<Reply | null> {
  for (const { name } of authenticators) {
    if (typeof name === "string" && name !== "" && name !== "session") continue;
    throw new TypeError("an authenticator needs a name, and 'session' is taken");
  }
  return async (state) => {
    for (const authenticator of authenticators) {
      const result = await authenticator.authenticate(state.exchange);
      if (result.kind === "absent") continue;
      if (result.kind === "rejected") {
        const title = "That credential is not valid.";
        const problem = { status: 401, code: "invalid-credentials", title };
        return problemReply(problem, [["www-authenticate", result.wwwAuthenticate]]);
      }
      const { user, scopes = [], roleAccount = false } = result;
      state.accept({ user, via: authenticator.name, scopes, mfa: false, roleAccount });
      return null;
    }
    return null;
  };
}
