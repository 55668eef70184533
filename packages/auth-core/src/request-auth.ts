// What every adapter does with a request, whatever its framework: what is left to the adapter is to
// make the exchange, to send replies, and to commit before the first byte.

import {
  createSessions,
  type Exchange,
  type Reply,
  type Sessions,
  type SessionsOptions,
} from "@latchkey/session-core";
import type { Authenticator } from "./authenticator.ts";
import { createCredentialCheck } from "./credential-check.ts";
import { sentCsrfToken } from "./csrf-field.ts";
import { type DenialOptions, forgedReply } from "./denial.ts";
import { faultReply } from "./fault-reply.ts";
import { createFlowContext, type FlowContextOptions } from "./flow-context.ts";
import { createGuard, type Decide, type GuardPlace } from "./guard.ts";
import { createLoginFlow } from "./login-flow.ts";
import type { LoginMethod } from "./login-method.ts";
import type { LoginOptions } from "./login-options.ts";
import { createLogoutFlow, type LogoutOptions } from "./logout-flow.ts";
import { RequestState } from "./request-state.ts";

export interface RequestAuthOptions<User extends { id: string }>
  extends SessionsOptions<User>,
    Omit<FlowContextOptions, "store" | "now" | "lifetime" | "endSessions" | "endSession"> {}

/** Answers a request to a page of a flow. */
type Answer<State> = (state: State, body: unknown) => Promise<Reply>;
/** `null` lets the request through. */
type Check<State> = (state: State) => Promise<Reply | null>;

export interface RequestAuth<
  User extends { id: string },
  Data extends object,
  E extends Exchange = Exchange,
> {
  readonly sessions: Sessions<User, Data>;
  /** For guards and adapters. */
  readonly onError: (error: unknown) => void;
  /** Never rejects: when the store fails, whoever asks for the session gets its error. */
  open(exchange: E): RequestState<User, Data, E> | Promise<RequestState<User, Data, E>>;
  login(
    method: LoginMethod<User>,
    options?: LoginOptions<User, Data>,
  ): Answer<RequestState<User, Data, E>>;
  logout(options?: LogoutOptions<User>): Answer<RequestState<User, Data, E>>;
  /** @param decide From `authorize` of `@latchkey/authz`. */
  guard(
    decide: Decide<User>,
    denial?: DenialOptions,
  ): (state: RequestState<User, Data, E>, place: GuardPlace) => Promise<Reply | null>;
  credentials(authenticators: readonly Authenticator<User>[]): Check<RequestState<User, Data, E>>;
  /** @param body The parsed body, if there is one: the token may be a field of it. */
  csrf(state: RequestState<User, Data, E>, body: unknown): Promise<Reply | null>;
  /** The answer for a fault of Latchkey's own; `null` for every other error. */
  fault(exchange: Exchange, error: unknown): Promise<Reply | null>;
}

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/**
 * Another site can make a browser send whatever comes along by itself: Basic and its like, a cookie, a client
 * certificate, a header that a proxy adds. It can't set any other scheme of `Authorization` without being allowed to (CORS).
 */
function isSentUnasked(exchange: Exchange): boolean {
  const byBrowser = exchange.getHeader("origin") ?? exchange.getHeader("sec-fetch-site");
  const byScript = /^(?!(?:basic|negotiate|ntlm|digest)\b)[\w!#$%&'*+.^`|~-]+ +\S/i;
  return byBrowser !== undefined && !byScript.test(exchange.getHeader("authorization") ?? "");
}

/** @throws {TypeError} That names the option, for values that are wrong or unsafe. */
export function createRequestAuth<
  User extends { id: string },
  Data extends object,
  E extends Exchange = Exchange,
>(options: RequestAuthOptions<User>): RequestAuth<User, Data, E> {
  const sessions = createSessions<User, Data>(options);
  const endSessions = (id: string, newestId?: string): Promise<unknown> =>
    newestId === undefined ? sessions.revokeAll(id) : sessions.keepNewest(id, newestId);
  const endSession = (userId: string, id: string): Promise<boolean> => sessions.revoke(userId, id);
  const context = createFlowContext({ ...options, endSessions, endSession });

  return {
    sessions,
    onError: context.onError,
    open(exchange) {
      const opened = sessions.open(exchange);
      if (!(opened instanceof Promise)) return new RequestState(exchange, opened);
      return opened.then(
        (session) => new RequestState(exchange, session),
        (error) => new RequestState<User, Data, E>(exchange, null, error),
      );
    },
    login(method, loginOptions) {
      const flow = createLoginFlow<User, Data>(context, method, loginOptions);
      return async ({ exchange, session }, body) => flow({ exchange, session, body });
    },
    logout(logoutOptions) {
      const flow = createLogoutFlow<User, Data>(context, logoutOptions);
      return async ({ exchange, session }, body) => flow({ exchange, session, body });
    },
    guard: (decide, denial) => createGuard(context, decide, denial),
    credentials: createCredentialCheck,
    async csrf({ exchange, accepted, session }, body) {
      if (SAFE.has(exchange.method)) return null;
      if (accepted !== null && !isSentUnasked(exchange)) return null;
      const fields = typeof body === "object" && body !== null ? body : {};
      if (session.checkCsrf(sentCsrfToken(exchange, { ...fields }))) return null;
      return forgedReply(context, exchange);
    },
    fault: (exchange, error) => faultReply(context, exchange, error),
  };
}
