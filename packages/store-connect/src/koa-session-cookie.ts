// The cookie of koa-session: base64 of JSON, or the key of a store, and beside it `<name>.sig`.

import { type Duration, durationMs } from "@latchkey/session-core";
import { inTime } from "./in-time.ts";
import {
  checkedName,
  cookieRemover,
  type OldCookie,
  type OldCookieOptions,
  type OldSession,
} from "./old-cookie.ts";
import { isObject } from "./session-json.ts";
import { checkedSecrets, isSigned } from "./signature.ts";

/** A Keygrip, for those whose `app.keys` is one. */
export interface KeygripLike {
  verify(data: string, digest: string): boolean;
}

/** What is needed of koa-session's `store`; wrap yours where it wants more arguments. */
export interface KoaSessionStore {
  get(key: string): Promise<unknown>;
  destroy(key: string): Promise<unknown>;
}

export interface KoaSessionCookieOptions extends OldCookieOptions {
  /** The old application's `app.keys`. */
  readonly keys: readonly string[] | KeygripLike;
  /** The `key` option of koa-session. Default `'koa.sess'`. */
  readonly name?: string;
  /** The `store` option of koa-session, where the sessions were not in the cookie itself. */
  readonly store?: KoaSessionStore;
  /** How long one call of the old store may take. Default `'400ms'`. */
  readonly timeout?: Duration;
}

/**
 * Recognises the signed session cookies of koa-session.
 *
 * @throws {TypeError} That names the option, for values that are wrong.
 */
export function koaSessionCookie(options: KoaSessionCookieOptions): OldCookie {
  const { store, timeout = "400ms" } = options;
  const name = checkedName(options.name ?? "koa.sess");
  const verify = verifier(options.keys);
  const timeoutMs = durationMs(timeout, "timeout");

  return {
    names: [name, `${name}.sig`],
    clear: cookieRemover(options),
    async find(read) {
      const value = read(name);
      const mac = read(`${name}.sig`);
      if (!value || !mac || !verify(`${name}=${value}`, mac)) return null;
      const load = async (): Promise<unknown> =>
        store === undefined ? decode(value) : inTime(timeoutMs, () => store.get(value));
      return {
        key: `koa-session ${name} ${value}`,
        load: async () => toOldSession(await load(), Date.now()),
        end: async () => {
          if (store !== undefined) await inTime(timeoutMs, () => store.destroy(value));
        },
      };
    },
  };
}

function verifier(keys: readonly string[] | KeygripLike): (text: string, mac: string) => boolean {
  if (typeof keys === "object" && keys !== null && "verify" in keys) {
    return (text, mac) => keys.verify(text, mac);
  }
  const secrets = checkedSecrets(keys, "keys");
  return (text, mac) => isSigned("sha1", "base64url", secrets, text, mac); // Keygrip's default.
}

function decode(value: string): unknown {
  try {
    return JSON.parse(Buffer.from(value, "base64").toString());
  } catch {
    return null;
  }
}

/** koa-session keeps its own fields beside the application's. */
function toOldSession(session: unknown, now: number): OldSession | null {
  if (!isObject(session)) return null;
  const { _expire: expire, _maxAge, _session, ...data } = session;
  if (typeof expire !== "number") return { data, expiresAt: null };
  return now < expire ? { data, expiresAt: expire } : null;
}
