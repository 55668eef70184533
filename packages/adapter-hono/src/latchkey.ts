// The one thing a Hono application sets up: sessions, login, logout and guards that fit together.

import { commitResponse, replyResponse, WebExchange } from "@latchkey/adapter-web";
import {
  type Authenticator,
  type Client,
  createClientReader,
  createRequestAuth,
  faultStatus,
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
import type { Context, MiddlewareHandler } from "hono";
import { dropResponse } from "./drop-response.ts";
import { failedSession } from "./failed-session.ts";
import { peekBody, readBody } from "./read-body.ts";

export interface LatchkeyOptions<User extends { id: string }> extends RequestAuthOptions<User> {
  /**
   * Address of whoever connected. Without it all visitors count as one when failed logins are. With
   * `@hono/node-server`: `(c) => getConnInfo(c).remote.address`; so on Bun, Deno and Workers.
   */
  connection?: (c: Context) => string | undefined;
  /** The proxies whose `X-Forwarded-*` headers count. Default: none. */
  trustProxy?: TrustProxy;
}

/** For `new Hono<{ Variables: SessionVariables<User, Data> }>()`. */
export interface SessionVariables<
  User extends { id: string } = { id: string },
  Data extends object = Record<string, unknown>,
> {
  session: Session<User, Data>;
}

/** Hono middleware that share one set of sessions. */
export interface Latchkey<User extends { id: string }, Data extends object> {
  /** Opens `c.get("session")`. Put it before everything that reads it; what comes earlier never waits for the store. */
  readonly session: MiddlewareHandler<{ Variables: SessionVariables<User, Data> }>;
  /** Serves a login page: `app.all("/login", auth.login(method))`. */
  login(method: LoginMethod<User>, options?: LoginOptions<User, Data>): MiddlewareHandler;
  /** Serves the logout page: `app.all("/logout", auth.logout())`. */
  logout(options?: LogoutOptions<User>): MiddlewareHandler;
  /** Lets through whom the rule allows. `false` exempts a path from mounted guards. */
  require(rule: Rule<User>, options?: GuardOptions): MiddlewareHandler;
  /** Accepts credentials that come with the request itself, the first that is present. */
  authenticate(...authenticators: readonly Authenticator<User>[]): MiddlewareHandler;
  /** Refuses a request that changes state unless it carries the CSRF token or comes from this site. */
  readonly csrf: MiddlewareHandler;
  /** Latchkey's own faults as a page or a problem; `null` for every other error: for `app.onError`. */
  errors(error: unknown, c: Context): Promise<Response | null>;
  /** `c.get("session")`, typed. @throws {TypeError} When the `session` middleware did not run. */
  sessionOf(c: Context): Session<User, Data>;
  /** Whoever makes the request, by session or credential; `null` when nobody is logged in. */
  principalOf(c: Context): Principal<User> | null;
  /** Where the request comes from and by which address it came, after the trusted-proxy rule. */
  clientOf(c: Context): Client;
  /** To list and revoke sessions. */
  readonly sessions: Sessions<User, Data>;
}

/**
 * Sets Latchkey up for a Hono application.
 *
 * @throws {TypeError} That names the option, for values that are wrong or unsafe.
 */
export function latchkey<
  User extends { id: string } = { id: string },
  Data extends object = Record<string, unknown>,
>(options: LatchkeyOptions<User>): Latchkey<User, Data> {
  const { connection = () => undefined } = options;
  if (typeof connection !== "function") throw new TypeError("connection must be a function");
  const auth = createRequestAuth<User, Data, WebExchange>(options);
  const readClient = createClientReader(options.trustProxy);
  type State = RequestState<User, Data, WebExchange>;
  // A symbol on the context costs a fraction of a WeakMap's entry, which the collector has to tend.
  const stateKey: unique symbol = Symbol("latchkey");
  /** Answered with an error: what the handler left unsaved is not stored. */
  const failedKey: unique symbol = Symbol("latchkey");
  type Marked = Pick<Context, "finalized"> & { [stateKey]?: State; [failedKey]?: true };
  const find = (c: Marked): State | undefined => c[stateKey];

  function stateOf(c: Context): State {
    const state = find(c);
    if (state !== undefined) return state;
    throw new TypeError("no session: app.use(auth.session) must come before this handler");
  }

  function exchangeOf(c: Context): WebExchange {
    return new WebExchange(c.req.raw, connection(c) ?? "", readClient);
  }

  function answer(handle: (c: Context) => Promise<Reply | null>): MiddlewareHandler {
    return async (c, next) => {
      const reply = await handle(c);
      if (reply !== null) return replyResponse(reply, c.req.method);
      await next();
    };
  }

  return {
    async session(c, next) {
      if (find(c) !== undefined) return next();
      const state = await auth.open(exchangeOf(c));
      const marked: Marked = c;
      marked[stateKey] = state;
      c.set("session", state.opened ?? failedSession(() => state.session));
      await next();
      // A fault of the session's own is answered already, by `app.onError`, and not tried again.
      if (marked[failedKey] === true || faultStatus(c.error) !== null) {
        return state.opened?.sealHead();
      }
      try {
        const { res } = c;
        const own = await commitResponse(state, res);
        if (own === res) return;
        c.res = undefined; // Else Hono would add the headers once more.
        c.res = own;
      } catch (error) {
        dropResponse(c);
        throw error;
      }
    },
    sessions: auth.sessions,
    login(method, loginOptions) {
      const flow = auth.login(method, loginOptions);
      return answer(async (c) => flow(stateOf(c), await readBody(c)));
    },
    logout(logoutOptions) {
      const flow = auth.logout(logoutOptions);
      return answer(async (c) => flow(stateOf(c), await readBody(c)));
    },
    require(rule, guardOptions = {}) {
      const { place = "route", ...denial } = guardOptions;
      if (rule === false) {
        return async (c, next) => {
          stateOf(c).exempt = true;
          await next();
        };
      }
      const guard = auth.guard(authorize<User>(rule, { onError: auth.onError }), denial);
      return answer(async (c) => {
        const state = stateOf(c);
        const reply = await guard(state, place);
        if (reply === null) state.exchange.keepPrivate(privateCache(state));
        return reply;
      });
    },
    authenticate(...authenticators) {
      const check = auth.credentials(authenticators);
      return answer((c) => check(stateOf(c)));
    },
    csrf: answer(async (c) => auth.csrf(stateOf(c), await peekBody(c))),
    async errors(error, c) {
      const reply = await auth.fault(find(c)?.exchange ?? exchangeOf(c), error);
      if (reply === null) return null;
      const marked: Marked = c;
      marked[failedKey] = true;
      dropResponse(c);
      return replyResponse(reply, c.req.method);
    },
    sessionOf: (c) => stateOf(c).session,
    principalOf: (c) => stateOf(c).principal,
    clientOf: (c) => stateOf(c).exchange,
  };
}
