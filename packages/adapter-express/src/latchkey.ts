// The one thing an Express application sets up: sessions, login, logout and guards that fit together.

import {
  type AnswerStage,
  type Hold,
  holdNothing,
  holdResponse,
  isReplaceable,
  sendReply,
} from "@latchkey/adapter-node";
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
import type { ErrorRequestHandler, Response } from "express";
import { ExpressExchange } from "./express-exchange.ts";
import { type AnyRequest, bodyOf, type Middleware } from "./middleware.ts";
import { readBody } from "./read-body.ts";

export interface LatchkeyOptions<User extends { id: string }> extends RequestAuthOptions<User> {}

/** Express middleware that share one set of sessions. */
export interface Latchkey<User extends { id: string }, Data extends object> {
  /** Opens `req.session`. Put it before everything that reads it; what comes earlier never waits for the store. */
  readonly session: Middleware;
  /** Serves a login page: `app.use("/login", auth.login(method))`. */
  login(method: LoginMethod<User>, options?: LoginOptions<User, Data>): Middleware;
  /** Serves the logout page: `app.use("/logout", auth.logout())`. */
  logout(options?: LogoutOptions<User>): Middleware;
  /**
   * Lets through whom the rule allows. `false`, mounted earlier, exempts a path from guards on `app.use`.
   * Without `place` it is taken for a route's own guard once a route has matched, also one that only called `next()`.
   */
  require(rule: Rule<User>, options?: GuardOptions): Middleware;
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
  const auth = createRequestAuth<User, Data, ExpressExchange>(options);
  type State = RequestState<User, Data, ExpressExchange>;
  // A symbol on the request costs a fraction of a WeakMap's entry, which the collector has to tend.
  const stateKey: unique symbol = Symbol("latchkey");
  const holdKey: unique symbol = Symbol("latchkey");
  type Marked = { [stateKey]?: State; [holdKey]?: Hold; session?: unknown };
  const find = (req: Marked): State | undefined => req[stateKey];

  function stateOf(req: AnyRequest): State {
    const state = find(req);
    if (state !== undefined) return state;
    throw new TypeError("no session: app.use(auth.session) must come before this handler");
  }

  const session: Middleware = (req, res, next) => {
    if (find(req) !== undefined) return next();
    const begin = (state: State): void => {
      const marked: Marked = req;
      marked[stateKey] = state;
      const taken = "session" in req; // By another library, which keeps it.
      if (state.opened === null) {
        marked[holdKey] = holdNothing(res);
        const get = (): unknown => state.session; // throws
        if (!taken) Object.defineProperty(req, "session", { configurable: true, get });
      } else {
        const fail = (error: unknown): void => next(withStatus(error));
        const { onError } = auth;
        marked[holdKey] = holdResponse(res, state.exchange, state.opened, { fail, onError });
        if (!taken) marked.session = state.opened;
      }
      next();
    };
    const opened = auth.open(new ExpressExchange(req));
    if (opened instanceof Promise) opened.then(begin).catch(next);
    else begin(opened);
  };

  function stageOf(req: Marked, res: Response): AnswerStage {
    return req[holdKey]?.stage() ?? (res.headersSent ? "sent" : "open");
  }

  function answer(handle: (req: AnyRequest, res: Response) => Promise<Reply | null>): Middleware {
    return (req, res, next) => {
      handle(req, res)
        .then((reply) => (reply === null ? next() : sendReply(res, reply)))
        .catch((error) => next(withStatus(error)));
    };
  }

  function page(flow: (state: State, body: unknown) => Promise<Reply>): Middleware {
    return answer(async (req, res) => {
      // `app.use("/login", …)` also matches what is below it, which is somebody else's or nobody's.
      if (req.route === undefined && req.path !== "/") return null;
      return flow(stateOf(req), await readBody(req, res));
    });
  }

  const errors: ErrorRequestHandler = (error, req, res, next) => {
    const marked: Marked = req;
    const hold = marked[holdKey];
    const stage = stageOf(req, res);
    if (stage === "dropped") return auth.onError(error); // Its error page stands.
    // Express would cut the connection before the answer is out.
    if (stage === "complete") return hold?.afterwards(() => errors(error, req, res, next));
    if (!isReplaceable(stage)) return next(error);
    if (faultStatus(error) === null) {
      if (stage === "held") hold?.drop(); // Else the error page would come behind what is held.
      hold?.openPage();
      return next(error);
    }
    if (stage !== "open") hold?.drop(); // At once: the handler may go on while the page is made.
    const send = (reply: Reply | null): void => {
      if (stage === "open" && stageOf(req, res) !== "open") {
        errors(error, req, res, next); // Something else has begun to answer meanwhile.
        return;
      }
      hold?.drop();
      hold?.openPage();
      if (reply === null) next(error);
      else sendReply(res, reply);
    };
    const exchange = find(req)?.exchange ?? new ExpressExchange(req);
    auth
      .fault(exchange, error)
      .then(send)
      .catch((cause) => {
        hold?.openPage();
        next(cause);
      });
  };

  return {
    session,
    sessions: auth.sessions,
    login(method, loginOptions) {
      return page(auth.login(method, loginOptions));
    },
    logout(logoutOptions) {
      return page(auth.logout(logoutOptions));
    },
    require(rule, { place, ...denial } = {}) {
      if (rule === false) {
        return (req, _res, next) => {
          stateOf(req).exempt = true;
          next();
        };
      }
      const guard = auth.guard(authorize<User>(rule, { onError: auth.onError }), denial);
      return answer(async (req, res) => {
        const state = stateOf(req);
        const reply = await guard(state, place ?? (req.route === undefined ? "mounted" : "route"));
        if (reply === null) state.exchange.keepPrivate(res, privateCache(state));
        return reply;
      });
    },
    authenticate(...authenticators) {
      const check = auth.credentials(authenticators);
      return answer(async (req) => check(stateOf(req)));
    },
    csrf: answer(async (req) => auth.csrf(stateOf(req), bodyOf(req))),
    errors,
    sessionOf: (req) => stateOf(req).session,
    principalOf: (req) => stateOf(req).principal,
  };
}

/** So that Express's own error handling answers with the right status, too. */
function withStatus(error: unknown): unknown {
  const status = faultStatus(error);
  if (status === null || !(error instanceof Error) || "status" in error) return error;
  if (!Object.isExtensible(error)) return error; // Frozen, by the store that throws it.
  return Object.assign(error, { status });
}
