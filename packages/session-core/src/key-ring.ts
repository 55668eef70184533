// Secrets in, signatures out. The first secret signs, all of them verify, so that changing the
// secret logs nobody out.

import {
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from "node:crypto";

/** Signs short texts, each for one purpose: a signature for one is worth nothing for another. */
export interface KeyRing {
  /** HMAC-SHA256 by the first key, 43 base64url characters. */
  sign(purpose: string, text: string): string;
  /** Compares in constant time; `false` for a signature of any other length or spelling. */
  verify(purpose: string, text: string, mac: string): boolean;
}

/** Shorter secrets can be guessed offline from one cookie. */
const MIN_SECRET_LENGTH = 32;

/**
 * Makes a key ring. Every purpose gets keys of its own (HKDF, RFC 5869).
 *
 * @param secrets At least one; text of 32 characters or more, or 32 random bytes or more.
 * @throws {TypeError} When there is none, or one is too short. The message never shows it.
 */
export function createKeyRing(secrets: readonly (string | Uint8Array)[]): KeyRing {
  const [first, ...others] = Array.isArray(secrets) ? secrets.map(checkedCopy) : [];
  if (first === undefined) {
    throw new TypeError("keys must be a list of at least one secret; the first one signs");
  }
  const byPurpose = new Map<string, readonly [KeyObject, ...KeyObject[]]>();

  const keysFor = (purpose: string): readonly [KeyObject, ...KeyObject[]] => {
    const known = byPurpose.get(purpose);
    if (known !== undefined) return known;
    const rest = others.map((secret) => deriveKey(secret, purpose));
    const keys = [deriveKey(first, purpose), ...rest] as const;
    byPurpose.set(purpose, keys);
    return keys;
  };

  return {
    sign: (purpose, text) => hmac(keysFor(purpose)[0], text),
    verify(purpose, text, mac) {
      const given = Buffer.from(mac, "latin1");
      for (const key of keysFor(purpose)) {
        // Comparing the spelling, not the bytes it stands for: one signature, one spelling.
        const expected = Buffer.from(hmac(key, text), "latin1");
        if (given.length === expected.length && timingSafeEqual(given, expected)) return true;
      }
      return false;
    },
  };
}

// A copy, because keys are derived when first needed: the caller may wipe its own meanwhile.
function checkedCopy(secret: unknown, index: number): string | Uint8Array {
  const copy = secret instanceof Uint8Array ? Uint8Array.from(secret) : secret;
  const known = typeof copy === "string" || copy instanceof Uint8Array;
  if (known && copy.length >= MIN_SECRET_LENGTH) return copy;
  throw new TypeError(
    `keys[${index}] must be text of ${MIN_SECRET_LENGTH} characters or bytes, or more`,
  );
}

function deriveKey(secret: string | Uint8Array, purpose: string): KeyObject {
  const bytes = hkdfSync("sha256", secret, "latchkey", purpose, 32);
  return createSecretKey(new Uint8Array(bytes));
}

// A KeyObject, not bytes: four times faster on Node.
function hmac(key: KeyObject, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}
