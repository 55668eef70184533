// The one thing an Express application sets up: sessions, login, logout and guards that fit together.

import {
  type Authenticator,
  createFlowContext,
  createLoginFlow,
  createLogoutFlow,
  type DenialOptions,
  type FlowContextOptions,
  faultReply,
  forgedReply,
  type LoginMethod,
  type LoginOptions,
  type LogoutOptions,
  sentCsrfToken,
} from "@latchkey/auth-core";
import type { Rule } from "@latchkey/authz";
import {
  createSessions,
  type Principal,
  type Reply,
  type Session,
  type Sessions,
  type SessionsOptions,
} from "@latchkey/session-core";
import type { ErrorRequestHandler, Response } from "express";
import { createCredentialCheck } from "./credential-check.ts";
import { ExpressExchange } from "./express-exchange.ts";
import { createGuard } from "./guard.ts";
import { holdResponse } from "./hold-response.ts";
import type { AnyRequest, Middleware } from "./middleware.ts";
import { readBody } from "./read-body.ts";
import { createRequestStates } from "./request-state.ts";
import { sendReply } from "./send-reply.ts";

export interface LatchkeyOptions<User extends { id: string }>
  extends SessionsOptions<User>,
    Omit<FlowContextOptions, "store" | "now"> {}

/** Express middleware that share one set of sessions. */
export interface Latchkey<User extends { id: string }, Data extends object> {
  /** Opens `req.session`. Put it before everything that reads it; what comes earlier never waits for the store. */
  readonly session: Middleware;
  /** Serves a login page: `app.use("/login", auth.login(method))`. */
  login(method: LoginMethod<User>, options?: LoginOptions<User, Data>): Middleware;
  /** Serves the logout page: `app.use("/logout", auth.logout())`. */
  logout(options?: LogoutOptions<User>): Middleware;
  /** Lets through whom the rule allows. `false`, mounted earlier, exempts a path from guards on `app.use`. */
  require(rule: Rule<User>, options?: DenialOptions): Middleware;
  /** Accepts credentials that come with the request itself, the first that is present. */
  authenticate(...authenticators: readonly Authenticator<User>[]): Middleware;
  /** Refuses a request that changes state unless it carries the CSRF token or comes from this site. */
  readonly csrf: Middleware;
  /** Answers Latchkey's own faults with a page or a problem; put it last. */
  readonly errors: ErrorRequestHandler;
  /** `req.session`, typed. @throws {TypeError} When the `session` middleware did not run. */
  sessionOf(req: AnyRequest): Session<User, Data>;
  /** Whoever makes the request, by session or credential; `null` when nobody is logged in. */
  principalOf(req: AnyRequest): Principal<User> | null;
  /** To list and revoke sessions. */
  readonly sessions: Sessions<User, Data>;
}

/**
 * Sets Latchkey up for an Express application.
 *
 * @throws {TypeError} That names the option, for values that are wrong or unsafe.
 */
export function latchkey<
  User extends { id: string } = { id: string },
  Data extends object = Record<string, unknown>,
>(options: LatchkeyOptions<User>): Latchkey<User, Data> {
  const sessions = createSessions<User, Data>(options);
  const context = createFlowContext(options);
  const states = createRequestStates<User, Data>();

  const session: Middleware = (req, res, next) => {
    if (states.has(req)) return next();
    const exchange = new ExpressExchange(req);
    sessions.open(exchange).then(
      (live) => {
        const fail = (error: unknown): void => next(withStatus(error));
        states.open(req, exchange, live, holdResponse(res, exchange, live, fail));
        next();
      },
      (error) => {
        // Whoever asks for the session gets the error; whoever doesn't is served.
        states.fail(req, exchange, withStatus(error));
        next();
      },
    );
  };

  function answer(handle: (req: AnyRequest, res: Response) => Promise<Reply | "next">): Middleware {
    return (req, res, next) => {
      handle(req, res).then(
        (reply) => (reply === "next" ? next() : sendReply(res, reply)),
        (error) => next(withStatus(error)),
      );
    };
  }

  return {
    session,
    sessions,
    login(method, loginOptions) {
      const flow = createLoginFlow<User, Data>(context, method, loginOptions);
      return answer(async (req, res) => {
        const { exchange, session } = states.of(req);
        return flow({ exchange, session, body: await readBody(req, res) });
      });
    },
    logout(logoutOptions) {
      const flow = createLogoutFlow<User, Data>(context, logoutOptions);
      return answer(async (req, res) => {
        const { exchange, session } = states.of(req);
        return flow({ exchange, session, body: await readBody(req, res) });
      });
    },
    require: (rule, denial) => answer(createGuard(context, states, rule, denial)),
    authenticate: (...authenticators) => answer(createCredentialCheck(states, authenticators)),
    csrf: answer(async (req) => {
      const safe = ["GET", "HEAD", "OPTIONS", "TRACE"].includes(req.method);
      if (safe || states.acceptedOf(req) !== null) return "next";
      const { exchange, session } = states.of(req);
      const fields = typeof req.body === "object" && req.body !== null ? req.body : {};
      if (session.checkCsrf(sentCsrfToken(exchange, fields))) return "next";
      return forgedReply(context, exchange);
    }),
    errors(error, req, res, next) {
      if (res.headersSent) return next(error);
      faultReply(context, states.exchangeOf(req), error).then((reply) => {
        if (reply === null) return next(error);
        states.abandon(req); // Else the answer would wait for the same store once more.
        sendReply(res, reply);
      }, next);
    },
    sessionOf: (req) => states.of(req).session,
    principalOf: (req) => states.principalOf(req),
  };
}

/** So that Express's own error handling answers with the right status, too. */
function withStatus(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || "status" in error) return error;
  switch (error.code) {
    case "ERR_STORE_UNAVAILABLE":
    case "ERR_STORE_FULL":
    case "ERR_STORE_CLOSED":
    case "ERR_SESSION_CONFLICT":
      return Object.assign(error, { status: 503 });
    case "ERR_SESSION_ENDED":
      return Object.assign(error, { status: 401 });
  }
  return error;
}
