// What a response does to the session's cookie: nothing, a new value, or its end.

import type { Exchange } from "./exchange.ts";
import type { KeyRing } from "./key-ring.ts";
import type { ExchangeCookie } from "./session-cookie.ts";
import { SessionError } from "./session-error.ts";
import { endOf, type StoredSession } from "./session-record.ts";
import { formatSessionToken } from "./session-token.ts";

export interface CookieContext {
  ring: KeyRing;
  cookie: ExchangeCookie;
  now: () => number;
}

export class ResponseCookie {
  readonly #context: CookieContext;
  readonly #exchange: Exchange;
  #plan: "keep" | "write" | "clear" = "keep";
  #headSent = false;

  constructor(context: CookieContext, exchange: Exchange) {
    this.#context = context;
    this.#exchange = exchange;
  }

  /** Whether {@link send} has anything to do. */
  get due(): boolean {
    return this.#plan !== "keep" && !this.#headSent;
  }

  plan(plan: "write" | "clear"): void {
    this.#plan = plan;
  }

  /** Writes the line for a session, under its id of this moment. */
  send(id: string | null, stored: StoredSession | null): void {
    const { ring, cookie, now } = this.#context;
    if (!this.due) return;
    if (this.#plan === "clear") cookie.clear(this.#exchange);
    if (this.#plan === "write" && id !== null && stored !== null) {
      const { generation, browser } = stored.content.head;
      const value = formatSessionToken(ring, cookie.nameFor(this.#exchange), { id, generation });
      const maxAge = browser ? null : Math.ceil((endOf(stored.content.head) - now()) / 1000);
      cookie.write(this.#exchange, value, maxAge);
    }
    this.#plan = "keep";
  }

  /** The response has begun. */
  sealHead(): void {
    this.#headSent = true;
  }

  /** @throws {SessionError} `ERR_SESSION_LATE` once the response has begun. */
  refuseAfterHead(): void {
    if (!this.#headSent) return;
    throw new SessionError(
      "ERR_SESSION_LATE",
      "the response has begun without a session cookie; write to the session before the body",
    );
  }
}
