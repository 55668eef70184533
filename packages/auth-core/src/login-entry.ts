// What follows a proof of who somebody is: attributes, the session with its lifetime, the end of
// others, and the actions.

import { durationMs, type Session } from "@latchkey/session-core";
import { applyRules, checkRules } from "./attribute-rules.ts";
import type { FlowContext } from "./flow-context.ts";
import { checkUserKey, linkUser, unlinkUser } from "./linked-user.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import type { LoginStep } from "./login-method.ts";
import type { LoginOptions } from "./login-options.ts";
import type { Visit } from "./login-visit.ts";
import { checkLookup, lookUp } from "./lookup.ts";

type Accepted<User> = Extract<LoginStep<User>, { kind: "accepted" }>;

/** Lets somebody in. */
export type LoginEntry<User extends { id: string }, Data extends object> = (
  visit: Visit<User, Data>,
  step: Accepted<User>,
) => Promise<{ kind: "entered"; user: User } | LoginFailure>;

/** @throws {TypeError} That names the option. */
export function createLoginEntry<User extends { id: string }, Data extends object>(
  context: FlowContext,
  method: string,
  options: LoginOptions<User, Data>,
): LoginEntry<User, Data> {
  const { idle, onLogin = [], lookup, rules, userKey, singleSession = false } = options;
  if (idle !== undefined && idle !== "off") durationMs(idle, "idle");
  checkUserKey({ ...options });
  checkLookup(lookup);
  checkRules(rules);

  async function describe(proven: User): Promise<User> {
    const user = lookup === undefined ? proven : await lookUp(proven, lookup);
    return rules === undefined ? user : applyRules(user, rules);
  }

  return async (visit, step) => {
    const { session, exchange, vouchedFor } = visit;
    const user = await describe(step.user);
    if (userKey !== undefined) {
      // Another site may make a browser end a journey that somebody else began.
      if (vouchedFor === null || vouchedFor !== session.user?.id) return failed("expired");
      Object.assign(session.data, step.keep);
      await linkUser(session, userKey, user);
    } else {
      await logIn(visit, user, step);
    }
    try {
      for (const act of onLogin) await act({ user, session, exchange, method });
    } catch (error) {
      context.onError(error);
      await (userKey === undefined ? session.logout() : unlinkUser(session, userKey));
      return failed("action-failed");
    }
    const kind = userKey === undefined ? "login" : "link";
    const userId = session.user?.id ?? user.id;
    await context.tell(exchange, { kind, method, userId, user, sessionId: session.id });
    return { kind: "entered", user };
  };

  async function logIn(
    { session, journey: { lifetime } }: Visit<User, Data>,
    user: User,
    { keep = {}, mfa = false }: Accepted<User>,
  ): Promise<void> {
    const lasts = lifetime === undefined ? {} : { lifetime };
    await session.login(user, { mfa, ...lasts, ...(idle === undefined ? {} : { idle }) });
    Object.assign(session.data, keep);
    if (singleSession) await endOthers(session);
  }

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
