// Secrets in, keys for seals out. The first one seals, all of them open, so that changing the secret
// logs nobody out.

import { hkdfSync } from "node:crypto";

/** What `iron-webcrypto` takes instead of a password: two raw 256-bit keys, and which they are. */
export interface SealKey {
  /** Stands in every seal in the clear, and says nothing of the secret. */
  readonly id: string;
  readonly encryption: Uint8Array;
  readonly integrity: Uint8Array;
}

/** Shorter secrets can be guessed offline from one cookie. */
const MIN_SECRET_LENGTH = 32;

/**
 * Derives the keys (HKDF, RFC 5869): others than those that sign, from the same secrets.
 *
 * @param secrets At least one; text of 32 characters or more, or 32 random bytes or more.
 * @throws {TypeError} When there is none, or one is too short. The message never shows it.
 */
export function sealKeys(
  secrets: readonly (string | Uint8Array)[],
): readonly [SealKey, ...SealKey[]] {
  const [first, ...others] = Array.isArray(secrets) ? secrets.map(checked).map(sealKey) : [];
  if (first !== undefined) return [first, ...others];
  throw new TypeError("keys must be a list of at least one secret; the first one seals");
}

function checked(secret: unknown, index: number): string | Uint8Array {
  const known = typeof secret === "string" || secret instanceof Uint8Array;
  if (known && secret.length >= MIN_SECRET_LENGTH) return secret;
  throw new TypeError(
    `keys[${index}] must be text of ${MIN_SECRET_LENGTH} characters or bytes, or more`,
  );
}

function sealKey(secret: string | Uint8Array): SealKey {
  const derive = (purpose: string, length: number): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", secret, "latchkey", `sealed cookie: ${purpose}`, length));
  return {
    id: Buffer.from(derive("key id", 6)).toString("hex"),
    encryption: derive("encryption", 32),
    integrity: derive("integrity", 32),
  };
}
