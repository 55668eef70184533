// Seals records and opens seals, and remembers what it has sealed and opened: a browser sends the
// same one with every request, and opening it is most of what a read costs.

import { defaults, type SealOptions, seal, unseal } from "iron-webcrypto";
import type { SealKey } from "./seal-keys.ts";
import { decodeSealed, encodeSealed, type SealedRecord } from "./sealed-record.ts";

export interface Sealer {
  /** @param purpose What the seal is good for; it is opened for nothing else. */
  seal(purpose: string, sealed: SealedRecord): Promise<string>;
  /**
   * `null` for whatever we did not seal ourselves for this purpose. Says nothing of its expiry.
   *
   * @returns A promise only where there is a seal to open.
   */
  open(purpose: string, text: string): SealedRecord | null | Promise<SealedRecord | null>;
}

interface Known {
  purpose: string;
  sealed: SealedRecord;
}

/** Of the longest there can be, 30 MB; of common ones with 300 bytes of data, 5 MB. */
const MAX_KNOWN = 4_000;
/** RFC 6265bis §5.6: browsers keep no longer cookie. */
const MAX_LENGTH = 4_096;

// What is sealed is text already. Expiry is inside, by the application's clock, not by iron's.
const options: SealOptions = { ...defaults, encode: String, decode: String };

/** @param keys The first one seals, all of them open. */
export function createSealer(keys: readonly [SealKey, ...SealKey[]]): Sealer {
  // No prototype: the id comes from the cookie.
  const byId: Record<string, SealKey> = Object.create(null);
  for (const key of keys) byId[key.id] = key;
  const known = new Map<string, Known>();

  function remember(text: string, purpose: string, sealed: SealedRecord): void {
    const [oldest] = known.size >= MAX_KNOWN ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    known.set(text, { purpose, sealed });
  }

  return {
    async seal(purpose, sealed) {
      const text = await seal(encodeSealed(purpose, sealed), keys[0], options);
      if (text.length <= MAX_LENGTH) remember(text, purpose, sealed);
      return text;
    },
    open(purpose, text) {
      const seen = known.get(text);
      if (seen !== undefined) return seen.purpose === purpose ? seen.sealed : null;
      if (text.length > MAX_LENGTH) return null;
      // A copy of its own, or the whole Cookie header would be kept along with it.
      const copy = Buffer.from(text, "latin1").toString("latin1");
      return unsealed(copy, byId, purpose).then((sealed) => {
        if (sealed !== null) remember(copy, purpose, sealed);
        return sealed;
      });
    },
  };
}

async function unsealed(
  text: string,
  byId: Record<string, SealKey>,
  purpose: string,
): Promise<SealedRecord | null> {
  try {
    return decodeSealed(purpose, String(await unseal(text, byId, options)));
  } catch {
    return null; // Cut short, altered, garbage, or of a key that is gone.
  }
}
