// What follows a proof of who somebody is: the session with its lifetime, and the actions.

import { type Duration, durationMs } from "@latchkey/session-core";
import type { FlowContext } from "./flow-context.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import type { LoginStep } from "./login-method.ts";
import type { LoginEvent } from "./login-options.ts";
import type { Visit } from "./login-visit.ts";

export type Accepted<User> = Extract<LoginStep<User>, { kind: "accepted" }>;

interface EntryOptions<User extends { id: string }, Data extends object> {
  idle?: Duration | "off";
  onLogin?: readonly ((event: LoginEvent<User, Data>) => unknown)[];
}

/** @returns Lets somebody in. */
export function createLoginEntry<User extends { id: string }, Data extends object>(
  context: FlowContext,
  method: string,
  { idle, onLogin = [] }: EntryOptions<User, Data>,
): (
  visit: Visit<User, Data>,
  step: Accepted<User>,
) => Promise<{ kind: "entered"; user: User } | LoginFailure> {
  if (idle !== undefined && idle !== "off") durationMs(idle, "idle");

  return async ({ session, journey, exchange }, { user, keep = {}, mfa = false }) => {
    await session.login(user, {
      mfa,
      ...(journey.lifetime === undefined ? {} : { lifetime: journey.lifetime }),
      ...(idle === undefined ? {} : { idle }),
    });
    Object.assign(session.data, keep);
    try {
      for (const act of onLogin) await act({ user, session, exchange, method });
    } catch (error) {
      context.onError(error);
      await session.logout();
      return failed("action-failed");
    }
    return { kind: "entered", user };
  };
}
