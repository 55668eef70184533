// Reads session cookies, and remembers those that were genuine: a browser sends the same one with
// every request, and the signature is what costs most of a read.

import type { KeyRing } from "./key-ring.ts";
import { parseSessionToken, type SessionToken } from "./session-token.ts";

/** The token of a genuine cookie; `null` for whatever we did not write ourselves. */
export type TokenReader = (cookieName: string, value: string) => SessionToken | null;

/** About 3 MB at most. */
const MAX_REMEMBERED = 10_000;

/** Only what was verified is remembered: forged cookies are looked at each time, and leave nothing. */
export function createTokenReader(ring: KeyRing): TokenReader {
  const genuine = new Map<string, { cookieName: string; token: SessionToken }>();

  return (cookieName, value) => {
    const known = genuine.get(value);
    if (known !== undefined && known.cookieName === cookieName) return known.token;
    // A copy of its own, or the whole Cookie header would be kept along with it.
    const copy = Buffer.from(value, "latin1").toString("latin1");
    const token = parseSessionToken(ring, cookieName, copy);
    if (token === null) return null;
    const [oldest] = genuine.size >= MAX_REMEMBERED ? genuine.keys() : [];
    if (oldest !== undefined) genuine.delete(oldest);
    genuine.set(copy, { cookieName, token });
    return token;
  };
}
