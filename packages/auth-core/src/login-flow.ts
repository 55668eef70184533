// The login pipeline, the same for every method: fields → CSRF → throttle → the method's step →
// session → actions → next page. A feature of logging in is written here, once.

import { setTimeout as sleep } from "node:timers/promises";
import {
  type Duration,
  durationMs,
  type Exchange,
  type Reply,
  type Session,
} from "@latchkey/session-core";
import { createAccountLane } from "./account-lane.ts";
import { isBrowserForm, sentCsrfToken } from "./csrf-field.ts";
import { absoluteUrl, type FlowContext, type FlowRequest } from "./flow-context.ts";
import { readFields } from "./form-fields.ts";
import { type ChosenLifetime, createLifetimePolicy } from "./lifetime-choice.ts";
import { createLoginAnswer, type LoginAnswer, type Visit } from "./login-answer.ts";
import { createLoginMemory, type Journey } from "./login-memory.ts";
import type {
  LoginMethod,
  LoginRequest,
  LoginStep,
  LoginView,
  RejectReason,
  Remembered,
} from "./login-method.ts";
import { networkOf } from "./network.ts";
import { createNextUrl, type NextOptions } from "./next-url.ts";
import type { LoginPage, Template } from "./pages.ts";
import { wrongMethodReply } from "./reply.ts";
import { createThrottle, type ThrottleOptions } from "./throttle.ts";

/** What an action is told. */
export interface LoginEvent<User extends { id: string }, Data extends object> {
  user: User;
  session: Session<User, Data>;
  exchange: Exchange;
  /** The name of the login method. */
  method: string;
}

export interface LoginOptions<User extends { id: string }, Data extends object> {
  next?: NextOptions;
  /** How long the session lasts, or a form field that chooses. Default: the application's. */
  lifetime?: Duration | "browser" | ChosenLifetime;
  idle?: Duration | "off";
  /** Run in order after each login; one that throws undoes it. */
  onLogin?: readonly ((event: LoginEvent<User, Data>) => unknown)[];
  /** How long the answer to a failed login is held: the first, the second …, the last for all after. Default `['1s', '1s', '5s']`. */
  delay?: Duration | readonly Duration[];
  /** Pauses after many failures; `false` turns them off, but not the delay. */
  throttle?: ThrottleOptions | false;
  /** An own login page for this method. */
  template?: Template<LoginPage>;
}

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
  const { onLogin = [], delay = ["1s", "1s", "5s"], idle, throttle: limits = {} } = options;
  const { store, now, loginUrl, logoutUrl } = context;
  nameMethod(context, method);
  const delaysMs = [delay].flat().map((duration) => durationMs(duration, "delay"));
  if (idle !== undefined && idle !== "off") durationMs(idle, "idle");
  const next = createNextUrl(options.next, { never: [loginUrl, logoutUrl] });
  const lifetime = createLifetimePolicy(options.lifetime);
  const lane = createAccountLane();
  const memory = createLoginMemory(store, method.name, now);
  const throttle = createThrottle(store, method.name, limits, now);
  const parts = { context, next, lifetime, template: options.template };

  return async (flow) => {
    const { exchange, session } = flow;
    const verb = exchange.method === "HEAD" ? "GET" : exchange.method;
    if (verb !== "GET" && verb !== "POST") return wrongMethodReply("GET, HEAD, POST");
    const url = absoluteUrl(exchange);
    const sent = verb === "GET" ? {} : readFields(flow.body);
    const fields = sent ?? {};
    const journey: Journey = {
      next: next.resolve(exchange, url, fields),
      lifetime: lifetime.chosen(fields),
    };
    const request: LoginRequest = {
      method: verb,
      url,
      fields,
      exchange,
      async recall(key) {
        const recalled = await memory.recall(exchange, key);
        if (recalled === null) return null;
        // A form carries where to go next; how long to stay was asked on the first page only.
        if (!Object.hasOwn(fields, next.field)) journey.next = recalled.journey.next;
        journey.lifetime = recalled.journey.lifetime;
        visit.isFirst = false;
        return recalled.value;
      },
    };
    const visit: Visit<Session<User, Data>> = {
      request,
      session,
      journey,
      isFirst: true,
      blankView: () => blankView(request, journey),
    };
    const answer = createLoginAnswer(parts, visit);
    if (sent === null) return answer.failed("bad-request");
    const trusted = method.isCallback?.(request) === true || mayPost(flow, fields);
    if (verb === "POST" && !trusted) return answer.failed("expired-form");

    const outcome = await attempt(request);
    switch (outcome.kind) {
      case "busy":
        return answer.failed("busy");
      case "paused":
        return answer.throttled(outcome.pauseMs);
      case "made":
        // Held outside the lane, so that it keeps nobody else waiting.
        if (outcome.holdMs > 0) await sleep(outcome.holdMs);
        return finish(outcome.step, visit, answer);
    }
  };

  /** The method's step; where it is a try at an account, not too many and not too often. */
  async function attempt(request: LoginRequest): Promise<Outcome<User>> {
    const account = method.account(request);
    if (account === null) return { kind: "made", step: await method.step(request), holdMs: 0 };
    const { ip } = request.exchange;
    // A lane per network, so that a stranger's guesses don't keep the owner waiting.
    const outcome = await lane.run(`${networkOf(ip)} ${account}`, () =>
      throttle.attempt<Outcome<User>>(account, ip, async (tally) => {
        const step = await method.step(request);
        if (step.kind === "accepted") await tally.succeeded();
        const failed = step.kind === "rejected" && isGuess(step.reason);
        const failures = failed ? await tally.failed() : 0;
        const holdMs = delaysMs[Math.min(failures, delaysMs.length) - 1] ?? 0;
        return { kind: "made", step, holdMs };
      }),
    );
    return outcome ?? { kind: "busy" };
  }

  /** The form of a method that has one; an identity provider's has none. */
  async function blankView(request: LoginRequest, journey: Journey): Promise<LoginView | null> {
    // A GET has had its step: another one would do again what its address says.
    if (request.method === "GET") return null;
    const step = await method.step({ ...request, method: "GET", fields: {} });
    if (step.kind !== "show") return null;
    if (step.remember) await memory.remember(request.exchange, step.remember, journey);
    return step.view;
  }

  /** What a form remembers makes it a later page of the login. */
  async function rememberForm(
    remembered: Remembered | undefined,
    visit: Visit<unknown>,
  ): Promise<void> {
    if (remembered === undefined) return;
    visit.isFirst = false;
    await memory.remember(visit.request.exchange, remembered, visit.journey);
  }

  async function finish(
    step: LoginStep<User>,
    visit: Visit<Session<User, Data>>,
    answer: LoginAnswer,
  ): Promise<Reply> {
    const { session, journey } = visit;
    const { exchange } = visit.request;
    switch (step.kind) {
      case "show":
        await rememberForm(step.remember, visit);
        if (step.endSessionsOf !== undefined) await context.endSessions(step.endSessionsOf);
        return answer.form(step.view);
      case "redirect":
        if (step.remember) await memory.remember(exchange, step.remember, journey);
        return answer.redirect(step.to);
      case "challenge":
        return answer.challenge(step.wwwAuthenticate);
      case "rejected":
        await rememberForm(step.remember, visit);
        return answer.rejected(step);
      case "reply":
        if (step.endSessionsOf !== undefined) await context.endSessions(step.endSessionsOf);
        return step.reply;
      case "accepted": {
        const { user, keep = {}, mfa = false } = step;
        await session.login(user, {
          mfa,
          ...(journey.lifetime === undefined ? {} : { lifetime: journey.lifetime }),
          ...(idle === undefined ? {} : { idle }),
        });
        Object.assign(session.data, keep);
        try {
          for (const act of onLogin) await act({ user, session, exchange, method: method.name });
        } catch (error) {
          context.onError(error);
          await session.logout();
          return answer.failed("action-failed");
        }
        return answer.welcome(user);
      }
    }
  }
}

type Outcome<User> =
  | { kind: "busy" }
  | { kind: "paused"; pauseMs: number }
  | { kind: "made"; step: LoginStep<User>; holdMs: number };

function isGuess(reason: RejectReason): boolean {
  return reason === "invalid-credentials" || reason === "wrong-code";
}

/** Two methods of one name would take each other's links and count each other's failures. */
function nameMethod({ methods }: FlowContext, method: { name: string }): void {
  const known = methods.get(method.name) ?? method;
  if (known !== method) {
    throw new TypeError(`two login methods are named '${method.name}': give one another \`name\``);
  }
  methods.set(method.name, method);
}

/** A form needs its token. A program that sends JSON and no browser headers can't have been tricked into it. */
function mayPost<User extends { id: string }, Data extends object>(
  { exchange, session }: FlowRequest<User, Data>,
  fields: Readonly<Record<string, string>>,
): boolean {
  const token = sentCsrfToken(exchange, fields);
  if (token === undefined && !isBrowserForm(exchange)) return true;
  return session.checkCsrf(token);
}
