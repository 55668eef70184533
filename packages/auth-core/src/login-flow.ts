// The login pipeline, the same for every method: prepare → CSRF → throttle → the method's step →
// lookup → rules → session → single session → actions → next page. Each feature is one stage.

import { setTimeout as sleep } from "node:timers/promises";
import type { Reply } from "@latchkey/session-core";
import { loginRequiredReply } from "./denial.ts";
import type { FlowContext, FlowRequest } from "./flow-context.ts";
import { mayPost } from "./form-check.ts";
import { createLifetimePolicy } from "./lifetime-choice.ts";
import { createLoginAnswer, type LoginAnswer } from "./login-answer.ts";
import { createLoginEntry } from "./login-entry.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import { createLoginMemory } from "./login-memory.ts";
import type { LoginMethod, LoginStep, LoginView, Remembered } from "./login-method.ts";
import type { LoginOptions } from "./login-options.ts";
import { createLoginTry } from "./login-try.ts";
import { createVisit, type Visit } from "./login-visit.ts";
import { createNextUrl } from "./next-url.ts";
import { prepareFields } from "./prepare-fields.ts";
import { wrongMethodReply } from "./reply.ts";

/** Answers every request to a login URL. */
export type LoginFlow<User extends { id: string }, Data extends object> = (
  request: FlowRequest<User, Data>,
) => Promise<Reply>;

/** @throws {TypeError} That names the option. */
export function createLoginFlow<User extends { id: string }, Data extends object>(
  context: FlowContext,
  method: LoginMethod<User>,
  options: LoginOptions<User, Data> = {},
): LoginFlow<User, Data> {
  nameMethod(context, method);
  const never = [context.loginUrl, context.logoutUrl];
  const next = createNextUrl(options.next, { never });
  const lifetime = createLifetimePolicy(options.lifetime);
  const memory = createLoginMemory(context.store, method.name, context.now);
  const tryStep = createLoginTry(context, method, options);
  const enter = createLoginEntry<User, Data>(context, method.name, options);
  const answerTo = createLoginAnswer(
    { context, next, lifetime, template: options.template, links: options.links },
    blankView,
  );

  return async ({ exchange, session, body }) => {
    const verb = exchange.method === "HEAD" ? "GET" : exchange.method;
    if (verb !== "GET" && verb !== "POST") return wrongMethodReply("GET, HEAD, POST");
    if (options.userKey !== undefined && session.user === null) {
      return loginRequiredReply(context, exchange);
    }
    const visit = createVisit({ next, lifetime, memory }, verb, exchange, session, body);
    const answer = answerTo(visit);
    const failure =
      checkFields(visit) ?? (await prepareFields(options.prepare, visit)) ?? checkForm(visit);
    if (failure !== null) return refuse(failure, visit, answer);
    const { result, holdMs } = await tryStep(visit.request);
    // Held outside the account's lane, so that it keeps nobody else waiting.
    if (holdMs > 0) await sleep(holdMs);
    return result.kind === "failed" ? refuse(result, visit, answer) : finish(result, visit, answer);
  };

  function checkForm(visit: Visit<User, Data>): LoginFailure | null {
    const { request, exchange, session, sent } = visit;
    if (request.method === "GET" || method.isCallback?.(request) === true) return null;
    if (!mayPost(exchange, session, sent ?? {})) return failed("expired-form");
    visit.vouchedFor = session.user?.id ?? null;
    return null;
  }

  async function refuse(
    failure: LoginFailure,
    { request, exchange, session }: Visit<User, Data>,
    answer: LoginAnswer<User>,
  ): Promise<Reply> {
    const [account, reason] = [method.account(request), failure.code];
    const what = { method: method.name, account, reason, sessionId: session.id };
    await context.tell(exchange, { kind: "failure", ...what });
    return answer.failed(failure);
  }

  async function finish(
    step: LoginStep<User>,
    visit: Visit<User, Data>,
    answer: LoginAnswer<User>,
  ): Promise<Reply> {
    switch (step.kind) {
      case "show":
        await rememberForm(step.remember, visit);
        await endSessionsOf(step, visit);
        return answer.form(step.view);
      case "redirect":
        await remember(step.remember, visit);
        return answer.redirect(step.to);
      case "challenge":
        return answer.challenge(step.wwwAuthenticate);
      case "rejected": {
        await rememberForm(step.remember, visit);
        const { reason, view, message } = step;
        const more = message === undefined ? {} : { message };
        return refuse(failed(reason, { view, ...more }), visit, answer);
      }
      case "reply":
        await endSessionsOf(step, visit);
        return step.reply;
      case "accepted": {
        const entered = await enter(visit, step);
        if (entered.kind === "failed") return refuse(entered, visit, answer);
        return answer.welcome(entered.user);
      }
    }
  }

  async function endSessionsOf(
    { endSessionsOf: userId }: { endSessionsOf?: string },
    { exchange }: Visit<User, Data>,
  ): Promise<void> {
    if (userId === undefined) return;
    await context.endSessions(userId);
    await context.tell(exchange, { kind: "revoked", method: method.name, userId });
  }

  async function remember(
    remembered: Remembered | undefined,
    { exchange, journey }: Visit<User, Data>,
  ): Promise<void> {
    if (remembered !== undefined) await memory.remember(exchange, remembered, journey);
  }

  /** What a form remembers makes it a later page of the login. */
  async function rememberForm(
    remembered: Remembered | undefined,
    visit: Visit<User, Data>,
  ): Promise<void> {
    if (remembered !== undefined) visit.isFirst = false;
    await remember(remembered, visit);
  }

  /** The form of a method that has one; an identity provider's has none. */
  async function blankView(visit: Visit<User, Data>): Promise<LoginView | null> {
    const { request } = visit;
    // A GET has had its step: another one would do again what its address says.
    if (request.method === "GET") return null;
    const step = await method.step({ ...request, method: "GET", fields: {} });
    if (step.kind !== "show") return null;
    await remember(step.remember, visit);
    return step.view;
  }
}

function checkFields({ sent }: { sent: unknown }): LoginFailure | null {
  return sent === null ? failed("bad-request") : null;
}

/** Two methods of one name would take each other's links and count each other's failures. */
function nameMethod({ methods }: FlowContext, method: { name: string }): void {
  const known = methods.get(method.name) ?? method;
  if (known !== method) {
    throw new TypeError(`two login methods are named '${method.name}': give one another \`name\``);
  }
  methods.set(method.name, method);
}
