// From a request's cookie to its session: everything forged, unknown or over is no session at all.

import { readCookie } from "./cookie.ts";
import { durationMs } from "./duration.ts";
import type { Exchange } from "./exchange.ts";
import type { ExchangeCookie } from "./session-cookie.ts";
import { openRecord, type StoredSession } from "./session-record.ts";
import { SESSION_PREFIX } from "./session-writer.ts";
import type { Store } from "./store.ts";
import type { TokenReader } from "./token-reader.ts";

interface LoadContext<User> {
  store: Store;
  readToken: TokenReader;
  cookie: ExchangeCookie;
  /** `null` where the snapshot of the login is good enough. */
  loadUser: ((id: string) => Promise<User | null>) | null;
  now: () => number;
}

/** A request's session as it was read. */
export interface LoadedSession<User> extends StoredSession {
  /** From `loadUser`; `undefined` uses the snapshot. */
  user: User | undefined;
}

/** The session was rotated a moment ago: its new cookie is on the way to the browser. */
export const JUST_ROTATED = "just rotated";

// How long a response with a new cookie may take to the browser.
const ROTATION_MS = durationMs("10s");

/** One `get` for a genuine cookie, none for any other. */
export async function loadSession<User>(
  context: LoadContext<User>,
  exchange: Exchange,
): Promise<LoadedSession<User> | typeof JUST_ROTATED | null> {
  const { store, readToken, cookie, loadUser, now } = context;
  const header = exchange.getHeader("cookie");
  if (header === undefined) return null;
  const name = cookie.nameFor(exchange);
  const value = readCookie(header, name);
  if (value === null) return null;
  const token = readToken(name, value);
  if (token === null) return null;
  const found = await store.get(SESSION_PREFIX + token.id);
  const stored = found === null ? null : openRecord(found, now());
  if (stored === null) return null;
  const { record, content } = stored;
  if (content.head.generation !== token.generation) {
    return now() - content.head.startedAt < ROTATION_MS ? JUST_ROTATED : null;
  }
  if (loadUser === null || record.owner === null) return { record, content, user: undefined };
  const user = await loadUser(record.owner.slice(SESSION_PREFIX.length));
  if (user === null) await store.delete(record.id);
  return user === null ? null : { record, content, user };
}
