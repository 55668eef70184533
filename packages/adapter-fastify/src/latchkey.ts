// The one thing a Fastify application sets up: sessions, login, logout and guards that fit together.

import {
  type Authenticator,
  createRequestAuth,
  type DenialOptions,
  type LoginMethod,
  type LoginOptions,
  type LogoutOptions,
  privateCache,
  type RequestAuthOptions,
  type RequestState,
} from "@latchkey/auth-core";
import { authorize, type Rule } from "@latchkey/authz";
import type { Principal, Reply, Session, Sessions } from "@latchkey/session-core";
import type { FastifyPluginCallback } from "fastify";
import { giveUp } from "./commit-reply.ts";
import { FastifyExchange } from "./fastify-exchange.ts";
import { createGuardPlaces } from "./guard-place.ts";
import type { AnyReply, AnyRequest, Hook } from "./hook.ts";
import { pagePlugin } from "./page-plugin.ts";
import { sendReply } from "./send-reply.ts";
import { sessionPlugin } from "./session-plugin.ts";

export interface LatchkeyOptions<User extends { id: string }> extends RequestAuthOptions<User> {}

/** Fastify plug-ins and hooks that share one set of sessions. */
export interface Latchkey<User extends { id: string }, Data extends object> {
  /** Opens `request.session` for every route of this context: `await app.register(auth.session)`. */
  readonly session: FastifyPluginCallback;
  /** Serves a login page: `app.register(auth.login(method), { prefix: "/login" })`. */
  login(method: LoginMethod<User>, options?: LoginOptions<User, Data>): FastifyPluginCallback;
  /** Serves the logout page: `app.register(auth.logout(), { prefix: "/logout" })`. */
  logout(options?: LogoutOptions<User>): FastifyPluginCallback;
  /** A hook that lets through whom the rule allows. `false`, in `onRequest`, exempts a route from guards on the context. */
  require(rule: Rule<User>, options?: DenialOptions): Hook;
  /** A hook that accepts credentials that come with the request itself, the first that is present. */
  authenticate(...authenticators: readonly Authenticator<User>[]): Hook;
  /** A `preHandler` that refuses a request that changes state unless it carries the CSRF token or comes from this site. */
  readonly csrf: Hook;
  /** Answers Latchkey's own faults with a page or a problem: `app.setErrorHandler(auth.errors)`. Passes all others on. */
  errors(error: unknown, request: AnyRequest, reply: AnyReply): Promise<AnyReply>;
  /** `request.session`, typed. @throws {TypeError} When the `session` plug-in is not registered here. */
  sessionOf(request: AnyRequest): Session<User, Data>;
  /** Whoever makes the request, by session or credential; `null` when nobody is logged in. */
  principalOf(request: AnyRequest): Principal<User> | null;
  /** To list and revoke sessions. */
  readonly sessions: Sessions<User, Data>;
}

/**
 * Sets Latchkey up for a Fastify application.
 *
 * @throws {TypeError} That names the option, for values that are wrong or unsafe.
 */
export function latchkey<
  User extends { id: string } = { id: string },
  Data extends object = Record<string, unknown>,
>(options: LatchkeyOptions<User>): Latchkey<User, Data> {
  const auth = createRequestAuth<User, Data, FastifyExchange>(options);
  type State = RequestState<User, Data, FastifyExchange>;
  // A symbol on the request costs a fraction of a WeakMap's entry, which the collector has to tend.
  const stateKey: unique symbol = Symbol("latchkey");
  type Marked = AnyRequest & { [stateKey]?: State };
  const find = (request: Marked): State | undefined => request[stateKey];
  const guards = createGuardPlaces();

  function stateOf(request: AnyRequest): State {
    const state = find(request);
    if (state !== undefined) return state;
    throw new TypeError("no session: app.register(auth.session) must come before, in this context");
  }

  function check(decide: (request: AnyRequest) => Promise<Reply | null>): Hook {
    return (request, reply, done) => {
      decide(request).then((answer) => {
        if (answer === null) done();
        else sendReply(reply, answer);
      }, done);
    };
  }

  return {
    sessions: auth.sessions,
    session: sessionPlugin({
      open: auth.open,
      onError: auth.onError,
      onRoute: guards.onRoute,
      find,
      keep(request: Marked, state: State) {
        request[stateKey] = state;
      },
      sessionOf: (request) => stateOf(request).session,
    }),
    login(method, loginOptions) {
      const flow = auth.login(method, loginOptions);
      return pagePlugin((request) => flow(stateOf(request), request.body));
    },
    logout(logoutOptions) {
      const flow = auth.logout(logoutOptions);
      return pagePlugin((request) => flow(stateOf(request), request.body));
    },
    require(rule, denial) {
      if (rule === false) {
        return (request, _reply, done) => {
          stateOf(request).exempt = true;
          done();
        };
      }
      const guard = auth.guard(authorize<User>(rule, { onError: auth.onError }), denial);
      return guards.place((place) => (request, reply, done) => {
        const state = stateOf(request);
        guard(state, place).then((answer) => {
          if (answer !== null) return sendReply(reply, answer);
          state.exchange.keepReplyPrivate(reply, privateCache(state));
          done();
        }, done);
      });
    },
    authenticate(...authenticators) {
      const credentials = auth.credentials(authenticators);
      return check(async (request) => credentials(stateOf(request)));
    },
    csrf: check(async (request) => auth.csrf(stateOf(request), request.body)),
    async errors(error, request, reply) {
      const state = find(request);
      const exchange = state?.exchange ?? new FastifyExchange(request, reply);
      const answer = await auth.fault(exchange, error);
      if (answer === null) throw error;
      if (exchange.committing) return reply; // Another reply came first.
      giveUp({ exchange, opened: state?.opened ?? null }, reply);
      exchange.failed = true;
      return sendReply(reply, answer);
    },
    sessionOf: (request) => stateOf(request).session,
    principalOf: (request) => stateOf(request).principal,
  };
}
