// Checks a logout token: the provider's server says that a user's session there is over.

import { OAuth2Error } from "./oauth2-error.ts";
import { type TokenVerifier, verifySignedToken } from "./signed-token.ts";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
/** How old one may be, so that used ones need not be known for longer. */
export const LOGOUT_TOKEN_AGE_MS = 300_000;

export interface LogoutToken {
  /** To be taken once. */
  jti: string;
  /** At least one of the two is there. */
  sub: string | null;
  sid: string | null;
  /** `iat`: seconds by the provider's clock. */
  issuedAt: number;
}

/**
 * @throws {OAuth2Error} `ERR_TOKEN_INVALID`; `ERR_PROVIDER_…` when the keys can't be had.
 * @see OpenID Connect Back-Channel Logout 1.0 §2.6
 */
export async function verifyLogoutToken(
  token: string,
  verifier: TokenVerifier,
): Promise<LogoutToken> {
  const types = [null, "jwt", "logout+jwt"];
  const { claims } = await verifySignedToken(token, verifier, types);
  const { now, toleranceMs } = verifier;
  const { iat = 0, jti } = claims;
  if (iat * 1_000 + LOGOUT_TOKEN_AGE_MS + toleranceMs < now()) throw invalid("iat");
  if (typeof jti !== "string" || jti === "") throw invalid("jti");
  const events = claims["events"];
  if (
    !isObject(events) ||
    !isObject(Object.entries(events).find(([name]) => name === EVENT)?.[1])
  ) {
    throw invalid("events");
  }
  // An ID token has one: it must never pass for a logout token.
  if (claims["nonce"] !== undefined) throw invalid("nonce");
  const sub = textOf(claims.sub, "sub");
  const sid = textOf(claims["sid"], "sid");
  if (sub === null && sid === null) throw invalid("sub and sid");
  return { jti, sub, sid, issuedAt: iat };
}

function textOf(value: unknown, claim: string): string | null {
  if (value === undefined) return null;
  if (typeof value !== "string" || value === "") throw invalid(claim);
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(claim: string): OAuth2Error {
  return new OAuth2Error("ERR_TOKEN_INVALID", `the logout token's ${claim} is missing or wrong`);
}
