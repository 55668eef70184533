// The login pipeline, the same for every method: prepare → CSRF → captcha → throttle → the
// method's step → lookup → rules → session → single session → actions → event → next
// page. Each feature is one stage.

import { setTimeout as sleep } from "node:timers/promises";
import type { Reply } from "@latchkey/session-core";
import { createCaptchaCheck } from "./captcha-check.ts";
import { loginRequiredReply } from "./denial.ts";
import type { FlowContext, FlowRequest } from "./flow-context.ts";
import { mayPost } from "./form-check.ts";
import { createLifetimePolicy } from "./lifetime-choice.ts";
import { createLoginEnding } from "./login-ending.ts";
import { createLoginEntry } from "./login-entry.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import { createLoginMemory } from "./login-memory.ts";
import type { LoginMethod, LoginRequest } from "./login-method.ts";
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
  const { template, links, captcha } = options;
  const checkCaptcha = createCaptchaCheck(context, captcha);
  const linked = options.userKey !== undefined;
  const answers = { context, next, lifetime, template, links, captcha: captcha?.view };
  const ending = createLoginEnding(context, method, { memory, enter, answers, linked });

  return async ({ exchange, session, body }) => {
    const verb = exchange.method === "HEAD" ? "GET" : exchange.method;
    if (verb !== "GET" && verb !== "POST") return wrongMethodReply("GET, HEAD, POST");
    if (options.userKey !== undefined && session.user === null) {
      return loginRequiredReply(context, exchange);
    }
    const visit = createVisit({ next, lifetime, memory }, verb, exchange, session, body);
    const failure =
      checkFields(visit) ??
      (await prepareFields(options.prepare, visit)) ??
      checkForm(visit) ??
      (isOurPost(visit.request) ? await checkCaptcha(visit.request) : null);
    if (failure !== null) return ending.refuse(failure, visit);
    const { result, holdMs } = await tryStep(visit.request);
    // Held outside the account's lane, so that it keeps nobody else waiting.
    if (holdMs > 0) await sleep(holdMs);
    return result.kind === "failed" ? ending.refuse(result, visit) : ending.finish(result, visit);
  };

  /** A POST of one of our forms, or of a program; a provider's has neither our token nor a captcha. */
  function isOurPost(request: LoginRequest): boolean {
    return request.method === "POST" && method.isCallback?.(request) !== true;
  }

  function checkForm(visit: Visit<User, Data>): LoginFailure | null {
    const { request, exchange, session, sent } = visit;
    if (!isOurPost(request)) return null;
    if (!mayPost(exchange, session, sent ?? {})) return failed("expired-form");
    visit.vouchedFor = session.user?.id ?? null;
    return null;
  }
}

function checkFields({ sent }: { sent: unknown }): LoginFailure | null {
  return sent === null ? failed("bad-request") : null;
}

/** Two methods of one name would take each other's links and count each other's failures. */
function nameMethod({ methods }: FlowContext, method: Pick<LoginMethod, "name" | "forget">): void {
  const known = methods.get(method.name) ?? method;
  if (known !== method) {
    throw new TypeError(`two login methods are named '${method.name}': give one another \`name\``);
  }
  methods.set(method.name, method);
}
