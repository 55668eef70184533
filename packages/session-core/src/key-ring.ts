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
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw new TypeError("keys must be a list of at least one secret; the first one signs");
  }
  secrets.forEach((secret, index) => {
    const known = typeof secret === "string" || secret instanceof Uint8Array;
    if (!known || secret.length < MIN_SECRET_LENGTH) {
      throw new TypeError(
        `keys[${index}] must be text of ${MIN_SECRET_LENGTH} characters or bytes, or more`,
      );
    }
  });
  const byPurpose = new Map<string, readonly [KeyObject, ...KeyObject[]]>();

  function keysFor(purpose: string): readonly [KeyObject, ...KeyObject[]] {
    let keys = byPurpose.get(purpose);
    if (keys === undefined) {
      const [first, ...others] = secrets.map((secret) => deriveKey(secret, purpose));
      if (first === undefined) throw new TypeError("keys must not be emptied after start");
      keys = [first, ...others];
      byPurpose.set(purpose, keys);
    }
    return keys;
  }

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

function deriveKey(secret: string | Uint8Array, purpose: string): KeyObject {
  const bytes = hkdfSync("sha256", secret, "latchkey", purpose, 32);
  return createSecretKey(new Uint8Array(bytes));
}

// A KeyObject, not bytes: four times faster on Node.
function hmac(key: KeyObject, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}
