// Reads session cookies, and remembers those that were genuine, with their session as it was last
// read: a browser sends the same one with every request, and checking and parsing are most of a read.

import { JsonMemo } from "./json-memo.ts";
import type { KeyRing } from "./key-ring.ts";
import type { DecodedSession } from "./session-record.ts";
import { hasTokenLength, parseSessionToken } from "./session-token.ts";
import { SESSION_PREFIX } from "./session-writer.ts";

/** A genuine cookie. */
export interface KnownToken<User extends object, Data extends object> {
  readonly recordId: string;
  readonly generation: number;
  readonly decoded: DecodedSession;
  readonly user: JsonMemo<User>;
  readonly data: JsonMemo<Partial<Data>>;
}

/** The token of a genuine cookie; `null` for whatever we did not write ourselves. */
export type TokenReader<User extends object, Data extends object> = (
  cookieName: string,
  value: string,
) => KnownToken<User, Data> | null;

interface Genuine<User extends object, Data extends object> {
  cookieName: string;
  token: KnownToken<User, Data>;
}

interface Forged {
  cookieName: string;
  value: string;
}

/** With flat sessions of 300 bytes about 10 MB, a part of it shared with a store in memory. */
const MAX_GENUINE = 10_000;
/** A browser also goes on sending a cookie whose key is gone. A power of two. */
const FORGED_PLACES = 1_024;

export function createTokenReader<User extends object, Data extends object>(
  ring: KeyRing,
): TokenReader<User, Data> {
  // Apart, so that no flood of forged ones can push out a genuine one.
  const genuine = new Map<string, Genuine<User, Data>>();
  // Each has one place, which its end says. To find the oldest of a Map instead, so that it makes
  // room, costs half as much as the signature that this is to save.
  const forged = Array.from(
    { length: FORGED_PLACES },
    (): Forged => ({ cookieName: "", value: "" }),
  );

  return (cookieName, value) => {
    const known = genuine.get(value);
    if (known !== undefined && known.cookieName === cookieName) return known.token;
    if (!hasTokenLength(value)) return null;
    const place = placeOf(value);
    const last = forged[place];
    if (last?.value === value && last.cookieName === cookieName) return null;
    // A copy of its own, or the whole Cookie header would be kept along with it.
    const copy = Buffer.from(value, "latin1").toString("latin1");
    const parsed = parseSessionToken(ring, cookieName, copy);
    if (parsed === null) {
      forged[place] = { cookieName, value: copy };
      return null;
    }
    const token: KnownToken<User, Data> = {
      recordId: SESSION_PREFIX + parsed.id,
      generation: parsed.generation,
      decoded: { text: "", content: null },
      user: new JsonMemo(),
      data: new JsonMemo(),
    };
    remember(genuine, MAX_GENUINE, copy, { cookieName, token });
    return token;
  };
}

function placeOf(value: string): number {
  let place = 0;
  for (let index = Math.max(0, value.length - 3); index < value.length; index++) {
    place = place * 31 + value.charCodeAt(index);
  }
  return place & (FORGED_PLACES - 1);
}

function remember<T>(map: Map<string, T>, max: number, key: string, value: T): void {
  const [oldest] = map.size >= max ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
