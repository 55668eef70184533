// What follows a proof of who somebody is: attributes, the session with its lifetime, the end of
// others, and the actions.

import { durationMs, type Session } from "@latchkey/session-core";
import { applyRules, checkRules } from "./attribute-rules.ts";
import type { FlowContext } from "./flow-context.ts";
import { copyOfData, forgetKept, goneFrom } from "./kept-data.ts";
import type { Lifetime } from "./lifetime-choice.ts";
import { checkUserKey, withLinkedUser } from "./linked-user.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import type { Accepted, BegunSession } from "./login-method.ts";
import type { LoginOptions } from "./login-options.ts";
import type { Visit } from "./login-visit.ts";
import { checkLookup, lookUp } from "./lookup.ts";

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
    const before = copyOfData(visit.session.data);
    let stands = false;
    try {
      const entered = await letIn(visit, step);
      stands = entered.kind === "entered";
      return entered;
    } finally {
      const gone = stands ? goneFrom(before, visit.session.data) : [step.keep ?? {}];
      await forgetKept(context, gone);
    }
  };

  async function letIn(
    visit: Visit<User, Data>,
    step: Accepted<User>,
  ): Promise<{ kind: "entered"; user: User } | LoginFailure> {
    const { session, exchange, vouchedFor } = visit;
    const user = await describe(step.user);
    const act = async (): Promise<void> => {
      for (const action of onLogin) await action({ user, session, exchange, method });
    };
    if (userKey === undefined) {
      const refused = await logIn(visit, user, step);
      if (refused !== null) return refused;
    } else if (vouchedFor === null || vouchedFor !== session.user?.id) {
      // Another site may make a browser end a journey that somebody else began.
      return failed("expired");
    }
    try {
      if (userKey === undefined) await act();
      else await withLinkedUser(session, { [userKey]: { ...user, ...step.keep } }, act);
    } catch (error) {
      context.onError(error);
      if (userKey === undefined) await session.logout();
      return failed("action-failed");
    }
    if (userKey !== undefined) await session.save();
    const kind = userKey === undefined ? "login" : "link";
    const userId = session.user?.id ?? user.id;
    await context.tell(exchange, { kind, method, userId, user, sessionId: session.id });
    return { kind: "entered", user };
  }

  async function logIn(
    { session, journey: { lifetime } }: Visit<User, Data>,
    user: User,
    { keep = {}, mfa = false, still }: Accepted<User>,
  ): Promise<LoginFailure | null> {
    const lasts: { lifetime?: Lifetime } = lifetime === undefined ? {} : { lifetime };
    await session.login(user, { mfa, ...lasts, ...(idle === undefined ? {} : { idle }) });
    try {
      const holds = (await still?.(begun(session.id, lasts.lifetime))) ?? true;
      if (holds !== true) {
        await session.logout();
        return failed(holds === false ? "invalid-credentials" : holds);
      }
      if (singleSession && !(await endOlder(session))) {
        await session.logout();
        return failed("busy");
      }
    } catch (error) {
      // It may be one that must not be there.
      await session.logout();
      throw error;
    }
    Object.assign(session.data, keep);
    return null;
  }

  /** What is not said here, the application's sessions say. */
  function begun(id: string | null, lifetime: Lifetime = context.lifetime): BegunSession {
    if (id === null) throw new TypeError("unreachable: a login has a session");
    const lastsMs = durationMs(lifetime === "browser" ? "1d" : lifetime);
    return { id, endsAt: context.now() + lastsMs };
  }

  /** @returns `false` when the user has logged in elsewhere meanwhile: that one is the newest. */
  async function endOlder({ user, id }: Session<User, Data>): Promise<boolean> {
    if (user === null || id === null) return true;
    return (await context.endSessions(user.id, id)) !== false;
  }
}
