// The one thing an application of fetch handlers sets up: sessions, login, logout and guards that
// fit together.

import {
  type Authenticator,
  type Client,
  createClientReader,
  createRequestAuth,
  type GuardOptions,
  type LoginMethod,
  type LoginOptions,
  type LogoutOptions,
  privateCache,
  type RequestAuthOptions,
  type RequestState,
  type TrustProxy,
} from "@latchkey/auth-core";
import { authorize, type Rule } from "@latchkey/authz";
import type { Principal, Reply, Session, Sessions } from "@latchkey/session-core";
import { commitResponse } from "./commit-response.ts";
import { readBody } from "./read-body.ts";
import { replyResponse } from "./reply-response.ts";
import { WebExchange } from "./web-exchange.ts";

export interface LatchkeyOptions<User extends { id: string }> extends RequestAuthOptions<User> {
  /** The proxies whose `X-Forwarded-*` headers count. Default: none. */
  trustProxy?: TrustProxy;
}

/** What only the runtime knows of a request. */
export interface RequestInfo {
  /** Address of whoever connected. Without it all visitors count as one when failed logins are. */
  ip?: string | undefined;
}

/** One request while it is handled. */
export interface Visit<User extends { id: string }, Data extends object> {
  readonly request: Request;
  /** @throws {StoreError} When the store failed. */
  readonly session: Session<User, Data>;
  /** Whoever makes the request, by session or credential; `null` when nobody is logged in. */
  readonly principal: Principal<User> | null;
  /** Where the request comes from and by which address it came, after the trusted-proxy rule. */
  readonly client: Client;
}

/** `null` lets the request through. */
export type Check = (request: Request) => Promise<Response | null>;

/** Functions of a Request that share one set of sessions. All others work within `handle` and `route` only. */
export interface Latchkey<User extends { id: string }, Data extends object> {
  /** Opens the session, runs the handler, stores the session, and sends what the handler returned. */
  handle(
    request: Request,
    handler: (visit: Visit<User, Data>) => Response | Promise<Response>,
    info?: RequestInfo,
  ): Promise<Response>;
  /** A handler of its own, as routers want it: `export const GET = auth.route(…)`. The checks come first. */
  route<Rest extends unknown[]>(
    handler: (
      request: Request,
      visit: Visit<User, Data>,
      ...rest: Rest
    ) => Response | Promise<Response>,
    ...checks: Check[]
  ): (request: Request, ...rest: Rest) => Promise<Response>;
  /** Serves a login page. */
  login(
    method: LoginMethod<User>,
    options?: LoginOptions<User, Data>,
  ): (request: Request) => Promise<Response>;
  /** Serves the logout page. */
  logout(options?: LogoutOptions<User>): (request: Request) => Promise<Response>;
  /** Lets through whom the rule allows. `false` exempts a request from mounted guards. */
  require(rule: Rule<User>, options?: GuardOptions): Check;
  /** Accepts credentials that come with the request itself, the first that is present. */
  authenticate(...authenticators: readonly Authenticator<User>[]): Check;
  /**
   * Refuses a request that changes state unless it carries the CSRF token or comes from this site.
   *
   * @param fields The parsed form, if there is one: the token may be a field of it.
   */
  csrf(request: Request, fields?: unknown): Promise<Response | null>;
  /** The session of a request. @throws {TypeError} Outside of `handle` and `route`. */
  sessionOf(request: Request): Session<User, Data>;
  /** Whoever makes a request; `null` when nobody is logged in. */
  principalOf(request: Request): Principal<User> | null;
  /** To list and revoke sessions. */
  readonly sessions: Sessions<User, Data>;
}

/**
 * Sets Latchkey up for fetch handlers.
 *
 * @throws {TypeError} That names the option, for values that are wrong or unsafe.
 */
export function latchkey<
  User extends { id: string } = { id: string },
  Data extends object = Record<string, unknown>,
>(options: LatchkeyOptions<User>): Latchkey<User, Data> {
  const auth = createRequestAuth<User, Data, WebExchange>(options);
  const readClient = createClientReader(options.trustProxy);
  type State = RequestState<User, Data, WebExchange>;
  const states = new WeakMap<Request, State>();

  function stateOf(request: Request): State {
    const state = states.get(request);
    if (state !== undefined) return state;
    throw new TypeError("no session: this needs auth.handle or auth.route, and their own request");
  }

  function visitOf(request: Request, state: State): Visit<User, Data> {
    return {
      request,
      get session() {
        return state.session;
      },
      get principal() {
        return state.principal;
      },
      client: state.exchange,
    };
  }

  const handle: Latchkey<User, Data>["handle"] = async (request, handler, info = {}) => {
    const outer = states.get(request);
    if (outer !== undefined) return handler(visitOf(request, outer));
    const exchange = new WebExchange(request, info.ip ?? "", readClient);
    const state = await auth.open(exchange);
    states.set(request, state);
    try {
      return await commitResponse(state, await handler(visitOf(request, state)));
    } catch (error) {
      const reply = await auth.fault(exchange, error);
      if (reply === null) throw error;
      return replyResponse(reply, request.method);
    } finally {
      states.delete(request);
    }
  };

  function page(flow: (state: State, body: unknown) => Promise<Reply>) {
    return async (request: Request): Promise<Response> =>
      replyResponse(await flow(stateOf(request), await readBody(request)), request.method);
  }

  async function denied(request: Request, reply: Promise<Reply | null>): Promise<Response | null> {
    const refusal = await reply;
    return refusal === null ? null : replyResponse(refusal, request.method);
  }

  return {
    handle,
    route:
      (handler, ...checks) =>
      (request, ...rest) =>
        handle(request, async (visit) => {
          for (const check of checks) {
            const refusal = await check(request);
            if (refusal !== null) return refusal;
          }
          return handler(request, visit, ...rest);
        }),
    sessions: auth.sessions,
    login: (method, loginOptions) => page(auth.login(method, loginOptions)),
    logout: (logoutOptions) => page(auth.logout(logoutOptions)),
    require(rule, guardOptions = {}) {
      const { place = "route", ...denial } = guardOptions;
      if (rule === false) {
        return async (request) => {
          stateOf(request).exempt = true;
          return null;
        };
      }
      const guard = auth.guard(authorize<User>(rule, { onError: auth.onError }), denial);
      return (request) => {
        const state = stateOf(request);
        const refusal = guard(state, place).then((reply) => {
          if (reply === null) state.exchange.keepPrivate(privateCache(state));
          return reply;
        });
        return denied(request, refusal);
      };
    },
    authenticate(...authenticators) {
      const check = auth.credentials(authenticators);
      return (request) => denied(request, check(stateOf(request)));
    },
    csrf: (request, fields) => denied(request, auth.csrf(stateOf(request), fields)),
    sessionOf: (request) => stateOf(request).session,
    principalOf: (request) => stateOf(request).principal,
  };
}
