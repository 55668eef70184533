// From a request's cookie to its session: everything forged, unknown or over is no session at all.

import { readCookie } from "./cookie.ts";
import { durationMs } from "./duration.ts";
import type { Exchange } from "./exchange.ts";
import type { RecordStore } from "./exchange-store.ts";
import type { ExchangeCookie } from "./session-cookie.ts";
import { openRecord, type StoredSession } from "./session-record.ts";
import { SESSION_PREFIX } from "./session-writer.ts";
import type { KnownToken, TokenReader } from "./token-reader.ts";

interface LoadContext<User extends object, Data extends object> {
  readToken: TokenReader<User, Data>;
  cookie: ExchangeCookie;
  /** `null` where the snapshot of the login is good enough. */
  loadUser: ((id: string) => Promise<User | null>) | null;
  now: () => number;
}

/** A request's session as it was read. */
export interface LoadedSession<User extends object, Data extends object> extends StoredSession {
  /** From `loadUser`; `undefined` uses the snapshot. */
  user: User | undefined;
  token: KnownToken<User, Data>;
}

/** The session was rotated a moment ago: its new cookie is on the way to the browser. */
export const JUST_ROTATED = "just rotated";

// How long a response with a new cookie may take to the browser.
const ROTATION_MS = durationMs("10s");

/** The token of a request's cookie; `null` when it has none, or a forged one. Asks no store. */
export function tokenOf<User extends object, Data extends object>(
  { cookie, readToken }: LoadContext<User, Data>,
  exchange: Exchange,
): KnownToken<User, Data> | null {
  const header = exchange.getHeader("cookie");
  if (header === undefined) return null;
  const name = cookie.nameFor(exchange);
  const value = readCookie(header, name);
  return value === null ? null : readToken(name, value);
}

/** The session of a genuine cookie, by one `get`. */
export async function loadSession<User extends object, Data extends object>(
  { loadUser, now }: LoadContext<User, Data>,
  store: RecordStore,
  token: KnownToken<User, Data>,
): Promise<LoadedSession<User, Data> | typeof JUST_ROTATED | null> {
  const found = await store.get(token.recordId);
  const stored = found === null ? null : openRecord(found, now(), token.decoded);
  if (stored === null) return null;
  const { record, content } = stored;
  if (content.head.generation !== token.generation) {
    return now() - content.head.startedAt < ROTATION_MS ? JUST_ROTATED : null;
  }
  if (loadUser === null || record.owner === null)
    return { record, content, token, user: undefined };
  const user = await loadUser(record.owner.slice(SESSION_PREFIX.length));
  if (user === null) await store.delete(record.id);
  return user === null ? null : { record, content, token, user };
}
