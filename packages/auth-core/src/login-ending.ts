// How a request to a login URL ends: what the method's step asks for is done, and answered.

import { setTimeout as sleep } from "node:timers/promises";
import type { Reply } from "@latchkey/session-core";
import { askView, mustAsk } from "./ask-first.ts";
import type { FlowContext } from "./flow-context.ts";
import { type AnswerParts, createLoginAnswer } from "./login-answer.ts";
import type { LoginEntry } from "./login-entry.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import type { LoginMemory } from "./login-memory.ts";
import type {
  Answered,
  LoginMethod,
  LoginStep,
  LoginView,
  Remembered,
  SessionOfUser,
} from "./login-method.ts";
import type { Visit } from "./login-visit.ts";

export interface LoginEnding<User extends { id: string }, Data extends object> {
  /** Nobody is logged in, and the application is told. */
  refuse(failure: LoginFailure, visit: Visit<User, Data>): Promise<Reply>;
  finish(step: LoginStep<User>, visit: Visit<User, Data>): Promise<Reply>;
}

/** Too many wait for their browser to come back; some of them will, soon. */
const tooMany: LoginFailure = failed("throttled", { view: null, pauseMs: 60_000 });

interface EndingParts<User extends { id: string }, Data extends object> {
  memory: LoginMemory;
  enter: LoginEntry<User, Data>;
  answers: AnswerParts;
  /** Whether the method logs in beside somebody: then its ids are not those of sessions. */
  linked: boolean;
}

export function createLoginEnding<User extends { id: string }, Data extends object>(
  context: FlowContext,
  method: LoginMethod<User>,
  { memory, enter, answers, linked }: EndingParts<User, Data>,
): LoginEnding<User, Data> {
  const answerTo = createLoginAnswer<User, Data>(answers, blankView);
  return { refuse, finish };

  async function refuse(failure: LoginFailure, visit: Visit<User, Data>): Promise<Reply> {
    const { request, exchange, session } = visit;
    const [account, reason] = [method.account(request), failure.code];
    const what = { method: method.name, account, reason, sessionId: session.id };
    await context.tell(exchange, { kind: "failure", ...what });
    return answerTo(visit).failed(failure);
  }

  async function finish(step: LoginStep<User>, visit: Visit<User, Data>): Promise<Reply> {
    const answer = answerTo(visit);
    switch (step.kind) {
      case "show":
        if (!(await endSessionsOf(step, visit))) return refuse(failed("not-ended"), visit);
        if (!(await rememberForm(step.remember, visit))) return refuse(tooMany, visit);
        return answer.form(step.view);
      case "redirect":
        if (mustAsk(visit, linked)) return answer.form(asking(step, visit));
        if (!(await remember(step.remember, visit))) return refuse(tooMany, visit);
        return answer.redirect(step.to);
      case "challenge":
        return answer.challenge(step.wwwAuthenticate);
      case "rejected": {
        if (!(await rememberForm(step.remember, visit))) return refuse(tooMany, visit);
        const { reason, view, message } = step;
        const more = message === undefined ? {} : { message };
        return refuse(failed(reason, { view, ...more }), visit);
      }
      case "reply":
        if (!(await endSessionsOf(step, visit))) return refuse(failed("not-ended"), visit);
        return typeof step.reply === "function" ? step.reply() : step.reply;
      case "accepted": {
        if (!visit.isFirst && !linked) await memory.trust(visit.exchange, step.user.id);
        const entered = await enter(visit, step);
        if (entered.kind === "failed") return refuse(entered, visit);
        return answer.welcome(entered.user);
      }
    }
  }

  /** @returns `false` when the store is away, though it was asked again. */
  async function endSessionsOf(
    { endSessionsOf: userId, endSessions = [] }: Pick<Answered, "endSessionsOf" | "endSessions">,
    { exchange }: Visit<User, Data>,
  ): Promise<boolean> {
    if (linked || (userId === undefined && endSessions.length === 0)) return true;
    const ended = new Set<SessionOfUser>();
    for (const pauseMs of [100, 400, null]) {
      try {
        if (userId !== undefined) await context.endSessions(userId);
        for (const one of endSessions) {
          if (await context.endSession(one.userId, one.sessionId)) ended.add(one);
        }
        break;
      } catch (error) {
        if (pauseMs !== null) await sleep(pauseMs);
        else {
          context.onError(error);
          return false;
        }
      }
    }
    const what = { kind: "revoked", method: method.name } as const;
    if (userId !== undefined) await context.tell(exchange, { ...what, userId });
    for (const one of ended) await context.tell(exchange, { ...what, ...one });
    return true;
  }

  /** @returns `false` when too many logins are under way. */
  async function remember(
    remembered: Remembered | undefined,
    { exchange, journey }: Visit<User, Data>,
  ): Promise<boolean> {
    return remembered === undefined || memory.remember(exchange, remembered, journey);
  }

  /** What a form remembers makes it a later page of the login. */
  async function rememberForm(
    remembered: Remembered | undefined,
    visit: Visit<User, Data>,
  ): Promise<boolean> {
    if (remembered !== undefined) visit.isFirst = false;
    return remember(remembered, visit);
  }

  /** The form of a method that has one; an identity provider's has none. */
  async function blankView(visit: Visit<User, Data>): Promise<LoginView | null> {
    const { request } = visit;
    // A GET has had its step: another one would do again what its address says.
    if (request.method === "GET") return null;
    const step = await method.step({ ...request, method: "GET", fields: {} });
    if (step.kind === "redirect" && isOurForm(visit)) return asking(step, visit);
    if (step.kind !== "show") return null;
    return (await remember(step.remember, visit)) ? step.view : null;
  }

  /** Of a login without a form, only the page that asks first sends one. */
  function isOurForm({ request }: Visit<User, Data>): boolean {
    return method.isCallback?.(request) !== true;
  }

  function asking({ to }: { to: string }, { session }: Visit<User, Data>): LoginView {
    return askView(context.page, { to, userId: session.user?.id ?? null, linked });
  }
}
