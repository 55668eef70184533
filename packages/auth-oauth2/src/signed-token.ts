// What ID tokens and logout tokens have in common: who signed them, with what, for whom and when.

import { createSecretKey, type KeyObject } from "node:crypto";
import { decodeProtectedHeader, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { OAuth2Error } from "./oauth2-error.ts";

export interface TokenVerifier {
  /** `iss` exactly. */
  issuer: string;
  /** `aud`. */
  clientId: string;
  /** Exact names; `none` can't be among them, HS* only with a secret. */
  algorithms: readonly string[];
  keys: JWTVerifyGetKey;
  /** The key for HS*. */
  secret: KeyObject | null;
  /** Milliseconds that clocks may differ. */
  toleranceMs: number;
  now: () => number;
}

export interface VerifiedToken {
  claims: JWTPayload;
  alg: string;
}

/**
 * @param types The `typ` that the header may have; lower case, without `application/`.
 * @throws {OAuth2Error} `ERR_TOKEN_INVALID`; `ERR_PROVIDER_…` when its keys can't be had.
 */
export async function verifySignedToken(
  token: string,
  verifier: TokenVerifier,
  types: readonly (string | null)[],
): Promise<VerifiedToken> {
  const { issuer, clientId, algorithms, keys, secret, toleranceMs, now } = verifier;
  try {
    const { alg, typ } = decodeProtectedHeader(token);
    // An access token or another token of the same provider is no ID token.
    const type = typ === undefined ? null : typ.toLowerCase().replace(/^application\//, "");
    if (alg === undefined || !types.includes(type)) throw new Error("unexpected alg or typ");
    const options = {
      issuer,
      audience: clientId,
      algorithms: [...algorithms],
      clockTolerance: toleranceMs / 1_000,
      currentDate: new Date(now()),
      requiredClaims: ["iat"],
    };
    // One kind of key for each algorithm: a public key never becomes an HMAC secret.
    const { payload } =
      alg.startsWith("HS") && secret !== null
        ? await jwtVerify(token, secret, options)
        : await jwtVerify(token, keys, options);
    const { iat = 0 } = payload;
    if (iat * 1_000 > now() + toleranceMs) throw new Error("issued in the future");
    return { claims: payload, alg };
  } catch (error) {
    if (error instanceof OAuth2Error) throw error;
    const { message } = error instanceof Error ? error : { message: "" };
    // Without the error itself as its cause: jose's have the claims.
    throw new OAuth2Error("ERR_TOKEN_INVALID", `the token is not valid: ${message}`);
  }
}

export const DEFAULT_ALGORITHMS: readonly string[] = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

const hmacBytes: ReadonlyMap<string, number> = new Map([
  ["HS256", 32],
  ["HS384", 48],
  ["HS512", 64],
]);

/**
 * @returns The key for HS*, `null` when none of them is allowed.
 * @throws {TypeError} That names the option.
 */
export function checkAlgorithms(
  algorithms: readonly string[],
  clientSecret: string | null,
): KeyObject | null {
  if (!Array.isArray(algorithms) || algorithms.length === 0) {
    throw new TypeError("algorithms must name at least one");
  }
  let needed = 0;
  for (const name of algorithms) {
    const bytes = hmacBytes.get(name);
    if (bytes === undefined && !DEFAULT_ALGORITHMS.includes(name)) {
      throw new TypeError(`algorithms can't have '${name}'`);
    }
    needed = Math.max(needed, bytes ?? 0);
  }
  if (needed === 0) return null;
  // RFC 7518 §3.2: a shorter one can be guessed from one token.
  if (clientSecret === null || Buffer.byteLength(clientSecret) < needed) {
    throw new TypeError(`algorithms with HMAC need a clientSecret of ${needed} bytes or more`);
  }
  return createSecretKey(Buffer.from(clientSecret));
}
