// The one thing a Koa application sets up: sessions, login, logout and guards that fit together.

import { readBody, settleAtHead } from "@latchkey/adapter-node";
import {
  type Authenticator,
  createRequestAuth,
  faultStatus,
  type GuardOptions,
  type LoginMethod,
  type LoginOptions,
  type LogoutOptions,
  privateCache,
  type RequestAuthOptions,
  type RequestState,
} from "@latchkey/auth-core";
import { authorize, type Rule } from "@latchkey/authz";
import type { Principal, Reply, Session, Sessions } from "@latchkey/session-core";
import { commitResponse } from "./commit-response.ts";
import { KoaExchange } from "./koa-exchange.ts";
import type { AnyContext, Middleware } from "./middleware.ts";
import { sendReply } from "./send-reply.ts";

export interface LatchkeyOptions<User extends { id: string }> extends RequestAuthOptions<User> {}

/** Koa middleware that share one set of sessions. */
export interface Latchkey<User extends { id: string }, Data extends object> {
  /** Answers Latchkey's own faults with a page or a problem; put it first, before `session`. */
  readonly errors: Middleware;
  /** Opens `ctx.session`. Put it before everything that reads it; what comes earlier never waits for the store. */
  readonly session: Middleware;
  /** Serves a login page: `router.all("/login", auth.login(method))`. */
  login(method: LoginMethod<User>, options?: LoginOptions<User, Data>): Middleware;
  /** Serves the logout page: `router.all("/logout", auth.logout())`. */
  logout(options?: LogoutOptions<User>): Middleware;
  /** Lets through whom the rule allows. `false`, earlier, exempts a path from mounted guards. */
  require(rule: Rule<User>, options?: GuardOptions): Middleware;
  /** Accepts credentials that come with the request itself, the first that is present. */
  authenticate(...authenticators: readonly Authenticator<User>[]): Middleware;
  /** Refuses a request that changes state unless it carries the CSRF token or comes from this site. */
  readonly csrf: Middleware;
  /** `ctx.session`, typed. @throws {TypeError} When the `session` middleware did not run. */
  sessionOf(ctx: AnyContext): Session<User, Data>;
  /** Whoever makes the request, by session or credential; `null` when nobody is logged in. */
  principalOf(ctx: AnyContext): Principal<User> | null;
  /** To list and revoke sessions. */
  readonly sessions: Sessions<User, Data>;
}

/**
 * Sets Latchkey up for a Koa application.
 *
 * @throws {TypeError} That names the option, for values that are wrong or unsafe.
 */
export function latchkey<
  User extends { id: string } = { id: string },
  Data extends object = Record<string, unknown>,
>(options: LatchkeyOptions<User>): Latchkey<User, Data> {
  const auth = createRequestAuth<User, Data, KoaExchange>(options);
  type State = RequestState<User, Data, KoaExchange>;
  // Not in `ctx.state`, which is the application's, and often handed to its templates.
  const stateKey: unique symbol = Symbol("latchkey");
  type Marked = AnyContext & { [stateKey]?: State };
  const find = (ctx: Marked): State | undefined => ctx[stateKey];

  function stateOf(ctx: AnyContext): State {
    const state = find(ctx);
    if (state !== undefined) return state;
    throw new TypeError("no session: app.use(auth.session) must come before this middleware");
  }

  function check(decide: (ctx: AnyContext) => Promise<Reply | null>): Middleware {
    return async (ctx, next) => {
      const reply = await decide(ctx);
      if (reply === null) return next();
      sendReply(ctx, reply);
    };
  }

  return {
    async errors(ctx, next) {
      try {
        await next();
      } catch (error) {
        if (ctx.headerSent || !ctx.writable) throw error;
        const reply = await auth.fault(find(ctx)?.exchange ?? new KoaExchange(ctx), error);
        if (reply === null) throw error;
        sendReply(ctx, reply);
      }
    },
    async session(ctx: Marked, next) {
      if (find(ctx) !== undefined) return next();
      const opened = auth.open(new KoaExchange(ctx));
      const state = opened instanceof Promise ? await opened : opened;
      ctx[stateKey] = state;
      // Another middleware's `ctx.session` is left alone: there is `sessionOf`.
      if (!("session" in ctx)) {
        if (state.opened !== null) Object.assign(ctx, { session: state.opened });
        // One that throws. Not for every request: defining a property costs some 10 µs here.
        else Object.defineProperty(ctx, "session", { get: () => state.session });
      }
      try {
        await commitResponse(ctx, state.exchange, state.opened, next);
      } catch (error) {
        giveStatus(error);
        throw error;
      }
    },
    login(method, loginOptions) {
      const flow = auth.login(method, loginOptions);
      return check(async (ctx) => flow(stateOf(ctx), await bodyOf(ctx)));
    },
    logout(logoutOptions) {
      const flow = auth.logout(logoutOptions);
      return check(async (ctx) => flow(stateOf(ctx), await bodyOf(ctx)));
    },
    require(rule, guardOptions = {}) {
      const { place = "route", ...denial } = guardOptions;
      if (rule === false) {
        return (ctx, next) => {
          stateOf(ctx).exempt = true;
          return next();
        };
      }
      const guard = auth.guard(authorize<User>(rule, { onError: auth.onError }), denial);
      return async (ctx, next) => {
        const state = stateOf(ctx);
        const reply = await guard(state, place);
        if (reply !== null) return sendReply(ctx, reply);
        state.exchange.keepPrivate(ctx.res, privateCache(state));
        settleAtHead(ctx.res, state.exchange);
        return next();
      };
    },
    authenticate(...authenticators) {
      const credentials = auth.credentials(authenticators);
      return check((ctx) => credentials(stateOf(ctx)));
    },
    csrf: check(async (ctx) => {
      const body = "body" in ctx.request ? ctx.request.body : undefined;
      return auth.csrf(stateOf(ctx), body);
    }),
    sessionOf: (ctx) => stateOf(ctx).session,
    principalOf: (ctx) => stateOf(ctx).principal,
    sessions: auth.sessions,
  };
}

/** What a body parser of the application found, or else read by ourselves: Koa has no parser. */
async function bodyOf({ req, request }: AnyContext): Promise<unknown> {
  if ("body" in request && request.body !== undefined) return request.body;
  return readBody(req);
}

/** So that Koa's own error handling answers with the right status, too. */
function giveStatus(error: unknown): void {
  const status = faultStatus(error);
  if (status === null || !(error instanceof Error) || "status" in error) return;
  if (!Object.isExtensible(error)) return;
  Object.assign(error, { status });
}
