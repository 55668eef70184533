// What is known of each request, kept beside it rather than on it.

import type { LiveSession, Principal } from "@latchkey/session-core";
import { ExpressExchange } from "./express-exchange.ts";
import type { AnyRequest } from "./middleware.ts";

interface Opened<User extends { id: string }, Data extends object> {
  exchange: ExpressExchange;
  session: LiveSession<User, Data>;
}

interface State<User extends { id: string }, Data extends object> {
  exchange: ExpressExchange;
  /** The session, or why there is none. */
  session: LiveSession<User, Data> | { error: unknown };
  accepted: Principal<User> | null;
  abandon: () => void;
}

export interface RequestStates<User extends { id: string }, Data extends object> {
  has(req: AnyRequest): boolean;
  /** @param abandon See `holdResponse`. */
  open(
    req: AnyRequest,
    exchange: ExpressExchange,
    session: LiveSession<User, Data>,
    abandon: () => void,
  ): void;
  /** Lets the response go without storing what the handler left unsaved. */
  abandon(req: AnyRequest): void;
  fail(req: AnyRequest, exchange: ExpressExchange, error: unknown): void;
  /** @throws What opening the session failed with, or a TypeError if nobody opened it. */
  of(req: AnyRequest): Opened<User, Data>;
  exchangeOf(req: AnyRequest): ExpressExchange;
  accept(req: AnyRequest, principal: Principal<User>): void;
  acceptedOf(req: AnyRequest): Principal<User> | null;
  principalOf(req: AnyRequest): Principal<User> | null;
  exempt(req: AnyRequest): void;
  isExempt(req: AnyRequest): boolean;
}

export function createRequestStates<
  User extends { id: string },
  Data extends object,
>(): RequestStates<User, Data> {
  // A symbol on the request costs a fraction of a WeakMap's entry, which the collector has to tend.
  const key: unique symbol = Symbol("latchkey");
  type Marked = { [key]?: State<User, Data>; session?: unknown };
  const find = (req: Marked): State<User, Data> | undefined => req[key];
  const exempted = new WeakSet<AnyRequest>();

  function stateOf(req: AnyRequest): State<User, Data> {
    const state = find(req);
    if (state !== undefined) return state;
    throw new TypeError("no session: app.use(auth.session) must come before this handler");
  }

  function of(req: AnyRequest): Opened<User, Data> {
    const { exchange, session } = stateOf(req);
    if ("error" in session) throw session.error;
    return { exchange, session };
  }

  return {
    has: (req) => find(req) !== undefined,
    open(req, exchange, session, abandon) {
      const marked: Marked = req;
      marked[key] = { exchange, session, accepted: null, abandon };
      marked.session = session;
    },
    fail(req, exchange, error) {
      const marked: Marked = req;
      marked[key] = { exchange, session: { error }, accepted: null, abandon: () => {} };
      const get = (): never => {
        throw error;
      };
      Object.defineProperty(req, "session", { configurable: true, get });
    },
    abandon: (req) => find(req)?.abandon(),
    of,
    exchangeOf: (req) => find(req)?.exchange ?? new ExpressExchange(req),
    accept(req, principal) {
      stateOf(req).accepted = principal;
    },
    acceptedOf: (req) => find(req)?.accepted ?? null,
    principalOf(req) {
      const { accepted } = stateOf(req);
      if (accepted !== null) return accepted;
      const { user, mfa } = of(req).session;
      return user === null ? null : { user, via: "session", scopes: [], mfa, roleAccount: false };
    },
    exempt: (req) => void exempted.add(req),
    isExempt: (req) => exempted.has(req),
  };
}
