// What an adapter knows of one request: its session, or why there is none, and whoever makes it.

import type { Exchange, LiveSession, Principal } from "@latchkey/session-core";

/** @typeParam E The adapter's own exchange. */
export class RequestState<
  User extends { id: string },
  Data extends object,
  E extends Exchange = Exchange,
> {
  readonly exchange: E;
  /** `null` when it could not be opened: then there is nothing to commit either. */
  readonly opened: LiveSession<User, Data> | null;
  /** Nobody but this request's own guards asks who makes it: mounted guards let it pass. */
  exempt = false;
  readonly #fault: unknown;
  #accepted: Principal<User> | null = null;

  constructor(exchange: E, opened: LiveSession<User, Data> | null, fault: unknown = null) {
    this.exchange = exchange;
    this.opened = opened;
    this.#fault = fault;
  }

  /** @throws What opening the session failed with. */
  get session(): LiveSession<User, Data> {
    if (this.opened === null) throw this.#fault;
    return this.opened;
  }

  /** By a credential that came with the request itself; `null` without one. */
  get accepted(): Principal<User> | null {
    return this.#accepted;
  }

  accept(principal: Principal<User>): void {
    this.#accepted = principal;
  }

  /**
   * Whoever makes the request; `null` when nobody is logged in.
   *
   * @throws What opening the session failed with, unless there is a credential.
   */
  get principal(): Principal<User> | null {
    if (this.#accepted !== null) return this.#accepted;
    const { user, mfa } = this.session;
    return user === null ? null : { user, via: "session", scopes: [], mfa, roleAccount: false };
  }
}
