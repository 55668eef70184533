// The one thing a plain server sets up: sessions, login, logout and guards that fit together.

import type { IncomingMessage, ServerResponse } from "node:http";
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
  problemReply,
  type RequestAuthOptions,
  type RequestState,
  type TrustProxy,
} from "@latchkey/auth-core";
import { authorize, type Rule } from "@latchkey/authz";
import type { Principal, Reply, Session, Sessions } from "@latchkey/session-core";
import { type AnswerStage, isReplaceable } from "./answer-stage.ts";
import { holdNothing } from "./hold-nothing.ts";
import { type Hold, holdResponse } from "./hold-response.ts";
import { HttpExchange } from "./http-exchange.ts";
import type { NodeRequest, NodeResponse } from "./node-types.ts";
import { readBody } from "./read-body.ts";
import { sendReply } from "./send-reply.ts";

export interface LatchkeyOptions<User extends { id: string }> extends RequestAuthOptions<User> {
  /** The proxies whose `X-Forwarded-*` headers count. Default: none. */
  trustProxy?: TrustProxy;
}

/** Answers the request. */
export type Answer = (req: NodeRequest, res: NodeResponse) => Promise<void>;

/** `true` lets the request through; else it is answered. */
export type Check = (req: NodeRequest, res: NodeResponse) => Promise<boolean>;

/** Functions of a request and its response that share one set of sessions. */
export interface Latchkey<User extends { id: string }, Data extends object> {
  /**
   * A listener for `createServer`: opens the session, runs the handler, answers what it throws.
   * What the handler does before the head is sent is stored first.
   */
  handle<Req extends NodeRequest = IncomingMessage, Res extends NodeResponse = ServerResponse>(
    handler: (req: Req, res: Res) => unknown,
  ): (req: Req, res: Res) => Promise<void>;
  /** Opens the session alone, for listeners of your own; `errors` is then for you to call. */
  session: Answer;
  /** Serves a login page. */
  login(method: LoginMethod<User>, options?: LoginOptions<User, Data>): Answer;
  /** Serves the logout page. */
  logout(options?: LogoutOptions<User>): Answer;
  /** Lets through whom the rule allows. `false` exempts a request from mounted guards. */
  require(rule: Rule<User>, options?: GuardOptions): Check;
  /** Accepts credentials that come with the request itself, the first that is present. */
  authenticate(...authenticators: readonly Authenticator<User>[]): Check;
  /**
   * Refuses a request that changes state unless it carries the CSRF token or comes from this site.
   *
   * @param fields The parsed form, if there is one: the token may be a field of it.
   */
  csrf(req: NodeRequest, res: NodeResponse, fields?: unknown): Promise<boolean>;
  /** Answers Latchkey's own faults with a page or a problem; `false` for all other errors, and once the head is sent. */
  errors(error: unknown, req: NodeRequest, res: NodeResponse): Promise<boolean>;
  /** The session of a request. @throws {TypeError} When neither `handle` nor `session` opened it. */
  sessionOf(req: NodeRequest): Session<User, Data>;
  /** Whoever makes a request; `null` when nobody is logged in. */
  principalOf(req: NodeRequest): Principal<User> | null;
  /** Where a request comes from and by which address it came, after the trusted-proxy rule. */
  clientOf(req: NodeRequest): Client;
  /** To list and revoke sessions. */
  readonly sessions: Sessions<User, Data>;
}

const BROKEN = { status: 500, code: "internal-error", title: "Something went wrong" };

/**
 * Sets Latchkey up for node:http, node:https and node:http2 with its compatibility API.
 *
 * @throws {TypeError} That names the option, for values that are wrong or unsafe.
 */
export function latchkey<
  User extends { id: string } = { id: string },
  Data extends object = Record<string, unknown>,
>(options: LatchkeyOptions<User>): Latchkey<User, Data> {
  const auth = createRequestAuth<User, Data, HttpExchange>(options);
  const readClient = createClientReader(options.trustProxy);
  type State = RequestState<User, Data, HttpExchange>;
  // A symbol on the request costs a fraction of a WeakMap's entry, which the collector has to tend.
  const stateKey: unique symbol = Symbol("latchkey");
  const holdKey: unique symbol = Symbol("latchkey");
  type Marked = { readonly headers: object; [stateKey]?: State; [holdKey]?: Hold };
  const find = (req: Marked): State | undefined => req[stateKey];

  function stateOf(req: NodeRequest): State {
    const state = find(req);
    if (state !== undefined) return state;
    throw new TypeError("no session: auth.handle or auth.session must come before this");
  }

  const session: Answer = async (req, res) => {
    if (find(req) !== undefined) return;
    const marked: Marked = req;
    const state = await auth.open(new HttpExchange(req, readClient));
    marked[stateKey] = state;
    if (state.opened === null) {
      marked[holdKey] = holdNothing(res);
      return;
    }
    marked[holdKey] = holdResponse(res, state.exchange, state.opened, {
      fail: (error) => void giveUp(error, req, res),
      onError: auth.onError,
    });
  };

  async function errors(error: unknown, req: NodeRequest, res: NodeResponse): Promise<boolean> {
    if (faultStatus(error) === null || !isReplaceable(stageOf(req, res))) return false;
    return answerInstead(error, req, res);
  }

  function stageOf(req: Marked, res: NodeResponse): AnswerStage {
    return req[holdKey]?.stage() ?? (res.headersSent ? "sent" : "open");
  }

  /** @returns `false` when something else has answered meanwhile. */
  async function answerInstead(
    error: unknown,
    req: NodeRequest,
    res: NodeResponse,
  ): Promise<boolean> {
    const marked: Marked = req;
    const hold = marked[holdKey];
    const begun = stageOf(req, res) !== "open";
    if (begun) hold?.drop(); // At once: the handler may go on while the page is made.
    const exchange = find(req)?.exchange ?? new HttpExchange(req, readClient);
    const reply = await auth.fault(exchange, error);
    if (!begun && stageOf(req, res) !== "open") return false;
    hold?.drop();
    hold?.openPage();
    if (reply === null) {
      for (const name of res.getHeaderNames()) res.removeHeader(name);
    }
    sendReply(res, reply ?? problemReply(BROKEN));
    return true;
  }

  /** Never rejects. */
  async function giveUp(error: unknown, req: NodeRequest, res: NodeResponse): Promise<void> {
    try {
      const stage = stageOf(req, res);
      if (!isReplaceable(stage) || faultStatus(error) === null) auth.onError(error);
      if (isReplaceable(stage)) await answerInstead(error, req, res);
      // What has ended is sent to its end.
      else if (stage === "sent" && !res.writableEnded) res.destroy();
    } catch (cause) {
      auth.onError(cause);
      res.destroy();
    }
  }

  async function passes(reply: Promise<Reply | null>, res: NodeResponse): Promise<boolean> {
    const refusal = await reply;
    if (refusal !== null) sendReply(res, refusal);
    return refusal === null;
  }

  return {
    handle: (handler) => async (req, res) => {
      try {
        await session(req, res);
        await handler(req, res);
      } catch (error) {
        await giveUp(error, req, res);
      }
    },
    session,
    errors,
    sessions: auth.sessions,
    login(method, loginOptions) {
      const flow = auth.login(method, loginOptions);
      return async (req, res) => sendReply(res, await flow(stateOf(req), await readBody(req)));
    },
    logout(logoutOptions) {
      const flow = auth.logout(logoutOptions);
      return async (req, res) => sendReply(res, await flow(stateOf(req), await readBody(req)));
    },
    require(rule, guardOptions = {}) {
      const { place = "route", ...denial } = guardOptions;
      if (rule === false) {
        return async (req) => {
          stateOf(req).exempt = true;
          return true;
        };
      }
      const guard = auth.guard(authorize<User>(rule, { onError: auth.onError }), denial);
      return async (req, res) => {
        const state = stateOf(req);
        const passed = await passes(guard(state, place), res);
        if (passed) state.exchange.keepPrivate(res, privateCache(state));
        return passed;
      };
    },
    authenticate(...authenticators) {
      const check = auth.credentials(authenticators);
      return (req, res) => passes(check(stateOf(req)), res);
    },
    csrf: (req, res, fields) => passes(auth.csrf(stateOf(req), fields), res),
    sessionOf: (req) => stateOf(req).session,
    principalOf: (req) => stateOf(req).principal,
    clientOf: (req) => stateOf(req).exchange,
  };
}
