// Every failed login costs one verification of each scheme that was met among the users: a hash that
// takes longer than others, or is quicker, must not tell by its time that it is there.

import { HashError } from "./hash-error.ts";
import type { PasswordHasher, Verification } from "./password-hasher.ts";
import { readStoredHash } from "./read-stored-hash.ts";

export interface EqualWork {
  /** Verifies one hash; for nobody (`null`) one of argon2id. Before it come those of others, in one order for all. */
  verify(password: string, stored: string | null): Promise<Verification>;
  /** After a failure: those that come after it. */
  rest(password: string, stored: string | null): Promise<void>;
}

interface Met {
  cost: number;
  dummy: string;
}

/** Of this scheme everybody costs one, and first: it is the one that all others become. */
const NEW = "argon2id";

export function createEqualWork(hasher: PasswordHasher): EqualWork {
  /** The dearest hash of each scheme, in the order in which they were met. */
  const met = new Map<string, Met>();

  function meet(stored: string): void {
    const hash = readable(stored);
    if (hash === null || hash.cost <= (met.get(hash.scheme)?.cost ?? 0)) return;
    met.set(hash.scheme, { cost: hash.cost, dummy: dummyLike(stored) });
  }

  /** Who waits behind others' work, with other things to do first, would show it. */
  function split(stored: string | null): { before: string[]; after: string[] } {
    const own = stored === null ? null : readable(stored);
    const schemes = [...new Set([NEW, ...met.keys()])];
    const at = schemes.indexOf(own?.scheme ?? NEW);
    if (at < 0) return { before: schemes, after: [] };
    // Much less work than the dearest of the same scheme would show, too.
    const isCheap = own !== null && 2 * own.cost <= (met.get(own.scheme)?.cost ?? 0);
    return { before: schemes.slice(0, at), after: schemes.slice(isCheap ? at : at + 1) };
  }

  async function verifyNobodys(password: string, scheme: string): Promise<Verification> {
    const known = met.get(scheme);
    if (known === undefined) await hasher.dummyVerify(password);
    else await hasher.verify(password, known.dummy);
    return { ok: false, outdated: false };
  }

  return {
    async verify(password, stored) {
      for (const scheme of split(stored).before) await verifyNobodys(password, scheme);
      if (stored === null) return verifyNobodys(password, NEW);
      const verified = await hasher.verify(password, stored);
      meet(stored);
      return verified;
    },
    async rest(password, stored) {
      for (const scheme of split(stored).after) await verifyNobodys(password, scheme);
    },
  };
}

function readable(stored: string): { scheme: string; cost: number } | null {
  try {
    return readStoredHash(stored);
  } catch (error) {
    if (error instanceof HashError) return null;
    throw error;
  }
}

/**
 * Costs the same, and is nobody's: all schemes end with at least 22 characters of the hash itself. The
 * last two stay, as the end of a base64 text can't be any character.
 */
function dummyLike(stored: string): string {
  return `${stored.slice(0, -22)}${"0".repeat(20)}${stored.slice(-2)}`;
}
