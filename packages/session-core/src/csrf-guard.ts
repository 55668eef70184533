// Cross-site request forgery: a token that only this browser's own pages know, and what the browser
// itself says about where a request comes from (W3C Fetch Metadata, RFC 6454).

import type { Exchange } from "./exchange.ts";
import type { KeyRing } from "./key-ring.ts";
import type { ExchangeCookie } from "./session-cookie.ts";

interface CsrfContext {
  ring: KeyRing;
  /** Ties the forms of a browser without a session to that browser. */
  visitorCookie: ExchangeCookie;
  randomBytes: (size: number) => Uint8Array;
}

const nonceShape = /^[A-Za-z0-9_-]{24}$/;
const tokenShape = /^([A-Za-z0-9_-]{12})\.([A-Za-z0-9_-]{43})$/;

/** The CSRF tokens of one request. A binding is what a session's tokens are tied to. */
export class CsrfGuard {
  readonly #context: CsrfContext;
  readonly #exchange: Exchange;
  readonly #beforeCookie: () => void;
  #nonce: string | null = null;

  /** @param beforeCookie Throws where no cookie can be set any more. */
  constructor(context: CsrfContext, exchange: Exchange, beforeCookie: () => void) {
    this.#context = context;
    this.#exchange = exchange;
    this.#beforeCookie = beforeCookie;
  }

  /**
   * A token for a session, or with `null` for this browser while it has none. Each one differs, so
   * that compression gives nothing away (BREACH).
   */
  token(binding: string | null): string {
    const salt = Buffer.from(this.#context.randomBytes(9)).toString("base64url");
    return `${salt}.${this.#mac(salt, binding ?? this.#ownNonce())}`;
  }

  /** Whether a request may change state. A token that came along must be right in any case. */
  check(binding: string | null, anonymous: boolean, token: string | undefined): boolean {
    const origin = requestOrigin(this.#exchange);
    if (origin === "other") return false;
    if (token === undefined) return origin === "same";
    if (binding !== null && this.#verify(token, binding)) return true;
    // A form from before the first write to the session; never one from before the login.
    const nonce = anonymous ? this.#sentNonce() : null;
    return nonce !== null && this.#verify(token, nonce);
  }

  #mac(salt: string, binding: string): string {
    return this.#context.ring.sign("csrf", `${salt}.${binding}`);
  }

  #verify(token: string, binding: string): boolean {
    const [, salt, mac] = tokenShape.exec(token) ?? [];
    if (salt === undefined || mac === undefined) return false;
    return this.#context.ring.verify("csrf", `${salt}.${binding}`, mac);
  }

  #sentNonce(): string | null {
    const sent = this.#context.visitorCookie.read(this.#exchange);
    return sent !== null && nonceShape.test(sent) ? sent : null;
  }

  #ownNonce(): string {
    this.#nonce ??= this.#sentNonce();
    if (this.#nonce === null) {
      this.#beforeCookie();
      this.#nonce = Buffer.from(this.#context.randomBytes(18)).toString("base64url");
      this.#context.visitorCookie.write(this.#exchange, this.#nonce, null);
    }
    return this.#nonce;
  }
}

/** `unknown` when the browser says nothing: an old one, or no browser at all. */
function requestOrigin(exchange: Exchange): "same" | "other" | "unknown" {
  const site = exchange.getHeader("sec-fetch-site");
  if (site === "same-origin") return "same";
  if (site === "none") return "unknown";
  if (site !== undefined) return "other";
  const origin = exchange.getHeader("origin");
  // "null" is also what our own pages send on plain http with Referrer-Policy: no-referrer.
  if (origin === undefined || origin === "null") return "unknown";
  // The scheme may differ behind a proxy that nobody told us about; the token then decides.
  const host = origin.replace(/^https?:\/\//, "");
  return plainHost(host) === plainHost(exchange.host) ? "unknown" : "other";
}

/** Browsers leave out the default port of their scheme; a proxy may write its own behind the host. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/:(80|443)$/, "");
}
