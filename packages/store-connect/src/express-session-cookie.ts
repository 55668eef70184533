// The cookie of express-session: `s:<id>.<HMAC>`, percent-encoded, with the session in a store.

import { type Duration, durationMs } from "@latchkey/session-core";
import { askStore, type ExpressSessionStore } from "./callback-store.ts";
import {
  checkedName,
  cookieRemover,
  type OldCookie,
  type OldCookieOptions,
  type OldSession,
  percentDecoded,
} from "./old-cookie.ts";
import { isObject } from "./session-json.ts";
import { checkedSecrets, isSigned } from "./signature.ts";

export interface ExpressSessionCookieOptions extends OldCookieOptions {
  /** The old application's store, or another one over the same backend. */
  readonly store: ExpressSessionStore;
  /** As the old application had it: all secrets verify. */
  readonly secret: string | readonly string[];
  /** Default `'connect.sid'`. */
  readonly name?: string;
  /** How long one call of the old store may take. Default `'400ms'`. */
  readonly timeout?: Duration;
}

/**
 * Recognises the session cookies of express-session (also with Passport).
 *
 * @throws {TypeError} That names the option, for values that are wrong.
 */
export function expressSessionCookie(options: ExpressSessionCookieOptions): OldCookie {
  const { timeout = "400ms" } = options;
  const name = checkedName(options.name ?? "connect.sid");
  const secrets = checkedSecrets(options.secret, "secret");
  const store = askStore(options.store, durationMs(timeout, "timeout"));

  return {
    names: [name],
    clear: cookieRemover(options),
    async find(read) {
      const value = percentDecoded(read(name) ?? "");
      const dot = value?.lastIndexOf(".") ?? -1;
      if (value === null || !value.startsWith("s:") || dot <= 2) return null;
      const id = value.slice(2, dot);
      if (!isSigned("sha256", "base64", secrets, id, value.slice(dot + 1))) return null;
      return {
        key: `express-session ${name} ${id}`,
        load: async () => toOldSession(await store.get(id), Date.now()),
        end: () => store.destroy(id),
      };
    },
  };
}

function toOldSession(session: unknown, now: number): OldSession | null {
  if (!isObject(session)) return null;
  const { cookie, ...data } = session;
  const expiresAt = isObject(cookie) ? timeOf(cookie["expires"]) : null;
  // Not every store looks at the time by itself. NaN is over, too.
  return expiresAt === null || now < expiresAt ? { data, expiresAt } : null;
}

/** Epoch ms; `null` for a cookie without an end. Stores give back a date, or what JSON made of it. */
function timeOf(expires: unknown): number | null {
  if (expires === null || expires === undefined || expires === false) return null;
  if (expires instanceof Date) return expires.getTime();
  return typeof expires === "string" || typeof expires === "number"
    ? new Date(expires).getTime()
    : Number.NaN;
}
