// Random values of a login, and the proof that it is the same client that began it (RFC 7636).

import { createHash, randomBytes } from "node:crypto";

/** 256 bits, 43 characters: a state, a nonce, a code verifier. */
export function randomToken(): string {
  return randomBytes(32).toString("base64url");
}

/** `code_challenge` for S256. */
export function codeChallenge(codeVerifier: string): string {
  return createHash("sha256").update(codeVerifier).digest("base64url");
}
