// Checks an ID token: signature, issuer, audience, time, and that it belongs to this very login.

import { createHash, timingSafeEqual } from "node:crypto";
import { decodeJwt, type JWTPayload } from "jose";
import { OAuth2Error } from "./oauth2-error.ts";
import { type TokenVerifier, verifySignedToken } from "./signed-token.ts";

export interface IdTokenExpectations {
  /** That the login began with. */
  nonce: string;
  accessToken: string;
  /** Milliseconds since the visitor last proved who they are; `null` for any. */
  maxAgeMs: number | null;
  /** One of these; empty for any. */
  acr: readonly string[];
}

export interface IdToken extends JWTPayload {
  sub: string;
}

/**
 * @throws {OAuth2Error} `ERR_TOKEN_INVALID`; `ERR_PROVIDER_…` when the keys can't be had.
 * @see OpenID Connect Core 1.0 §3.1.3.7
 */
export async function verifyIdToken(
  token: string,
  verifier: TokenVerifier,
  expected: IdTokenExpectations,
): Promise<IdToken> {
  const { claims, alg } = await verifySignedToken(token, verifier, [null, "jwt"]);
  const { sub, aud, exp } = claims;
  const { now, toleranceMs, clientId } = verifier;
  if (typeof sub !== "string" || sub === "" || sub.length > 255) throw invalid("sub");
  if (exp === undefined) throw invalid("exp");
  const azp = claims["azp"];
  if (Array.isArray(aud) && aud.length > 1 && azp === undefined) throw invalid("azp");
  if (azp !== undefined && azp !== clientId) throw invalid("azp");
  if (!isSame(claims["nonce"], expected.nonce)) throw invalid("nonce");
  const atHash = claims["at_hash"];
  if (atHash !== undefined && !isSame(atHash, accessTokenHash(expected.accessToken, alg))) {
    throw invalid("at_hash");
  }
  if (expected.maxAgeMs !== null) {
    const at = claims["auth_time"];
    if (typeof at !== "number" || at * 1_000 + expected.maxAgeMs + toleranceMs < now()) {
      throw invalid("auth_time");
    }
  }
  const { acr } = claims;
  if (expected.acr.length > 0 && !(typeof acr === "string" && expected.acr.includes(acr))) {
    throw invalid("acr");
  }
  return { ...claims, sub };
}

/** Whose an ID token is that was verified when it came. */
export function isIssuedBy(token: string, issuer: string): boolean {
  try {
    return decodeJwt(token).iss === issuer;
  } catch {
    return false;
  }
}

/** The left half of the hash that the signature uses. @see OpenID Connect Core 1.0 §3.1.3.6 */
export function accessTokenHash(accessToken: string, alg: string): string {
  const bits = /256$|384$/.exec(alg)?.[0] ?? "512"; // EdDSA hashes by SHA-512
  const hash = createHash(`sha${bits}`).update(accessToken).digest();
  return hash.subarray(0, hash.length / 2).toString("base64url");
}

function isSame(claim: unknown, expected: string): boolean {
  if (typeof claim !== "string") return false;
  const [one, other] = [Buffer.from(claim), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function invalid(claim: string): OAuth2Error {
  return new OAuth2Error("ERR_TOKEN_INVALID", `the ID token's ${claim} is missing or wrong`);
}
