// What follows a proof of who somebody is: attributes, the session with its lifetime, the end of
// others, and the actions.

import { durationMs, type Session } from "@latchkey/session-core";
import { applyRules, checkRules } from "./attribute-rules.ts";
import type { FlowContext } from "./flow-context.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import type { LoginStep } from "./login-method.ts";
import type { LoginOptions } from "./login-options.ts";
import type { Visit } from "./login-visit.ts";
import { checkLookup, lookUp } from "./lookup.ts";

export type Accepted<User> = Extract<LoginStep<User>, { kind: "accepted" }>;

/** @returns Lets somebody in. */
export function createLoginEntry<User extends { id: string }, Data extends object>(
  context: FlowContext,
  method: string,
  options: LoginOptions<User, Data>,
): (
  visit: Visit<User, Data>,
  step: Accepted<User>,
) => Promise<{ kind: "entered"; user: User } | LoginFailure> {
  const { idle, onLogin = [], lookup, rules, singleSession = false } = options;
  if (idle !== undefined && idle !== "off") durationMs(idle, "idle");
  checkLookup(lookup);
  checkRules(rules);

  async function describe(proven: User): Promise<User> {
    const user = lookup === undefined ? proven : await lookUp(proven, lookup);
    return rules === undefined ? user : applyRules(user, rules);
  }

  return async ({ session, journey, exchange }, step) => {
    const { keep = {}, mfa = false } = step;
    const user = await describe(step.user);
    await session.login(user, {
      mfa,
      ...(journey.lifetime === undefined ? {} : { lifetime: journey.lifetime }),
      ...(idle === undefined ? {} : { idle }),
    });
    Object.assign(session.data, keep);
    if (singleSession) await endOthers(session);
    try {
      for (const act of onLogin) await act({ user, session, exchange, method });
    } catch (error) {
      context.onError(error);
      await session.logout();
      return failed("action-failed");
    }
    return { kind: "entered", user };
  };

  async function endOthers(session: Session<User, Data>): Promise<void> {
    if (session.user === null || session.id === null) return;
    try {
      await context.endSessions(session.user.id, session.id);
    } catch (error) {
      // It would be the second session of the two that there must not be.
      await session.logout();
      throw error;
    }
  }
}
