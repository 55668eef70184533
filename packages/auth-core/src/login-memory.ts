// What a login remembers between two requests of one browser (state, nonce, PKCE verifier, a code
// that was sent): short-lived, taken exactly once, several tabs side by side.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import {
  createCookie,
  durationMs,
  type Exchange,
  type ExchangeCookie,
  type Store,
} from "@latchkey/session-core";
import type { Lifetime } from "./lifetime-choice.ts";
import type { Remembered } from "./login-method.ts";

/** What became of the first request's wishes, for the one that ends the login. */
export interface Journey {
  /** The page to go to afterwards. */
  next: string;
  lifetime: Lifetime | undefined;
  /** Who was logged in already: a login beside theirs ends with whom it began with. */
  userId: string | null;
}

export interface LoginMemory {
  /** @param journey Kept with it: no form of ours carries it by a provider or a mailed link. */
  remember(exchange: Exchange, remembered: Remembered, journey: Journey): Promise<void>;
  /** `null` when it is not there, expired, taken, or another browser's. */
  recall(exchange: Exchange, key: string): Promise<Recalled | null>;
}

interface Recalled {
  value: Record<string, unknown>;
  journey: Journey;
}

const NAME = "latchkey-login";
const nonceShape = /^[A-Za-z0-9_-]{32}$/;

export function createLoginMemory(store: Store, method: string, now: () => number): LoginMemory {
  const browserCookies = cookiesNamed(NAME);
  const nameOf = (key: string): string => digest(key).toString("base64url");
  const idOf = (key: string): string => `login:${method}:${nameOf(key)}`;
  // Tabs that begin side by side each give the browser a nonce, and it keeps the last one. So the
  // first of each also goes under a name of its own.
  const tabCookies = (key: string): Cookies => cookiesNamed(`${NAME}-${nameOf(key).slice(0, 10)}`);

  return {
    async remember(exchange, { key, value, lifetime = "10m" }, journey) {
      const cookie = browserCookies[exchange.protocol];
      const known = nonceIn(cookie, exchange);
      const nonce = known ?? randomBytes(24).toString("base64url");
      const at = now();
      const lifetimeMs = durationMs(lifetime, "remember.lifetime");
      const created = await store.create({
        id: idOf(key),
        owner: null,
        data: JSON.stringify({ browser: digest(nonce).toString("base64url"), value, journey }),
        createdAt: at,
        seenAt: at,
        expiresAt: at + lifetimeMs,
        version: 1,
      });
      if (!created) throw new TypeError("remember.key must be random; this one is taken");
      if (known !== null) return;
      cookie.write(exchange, nonce, null);
      tabCookies(key)[exchange.protocol].write(exchange, nonce, Math.ceil(lifetimeMs / 1_000));
    },

    async recall(exchange, key) {
      const tab = tabCookies(key)[exchange.protocol];
      const own = nonceIn(tab, exchange);
      const nonces = [nonceIn(browserCookies[exchange.protocol], exchange), own];
      if (nonces.every((nonce) => nonce === null)) return null;
      const record = await store.get(idOf(key));
      if (record === null) return null;
      const { browser, ...recalled }: Recalled & { browser: string } = JSON.parse(record.data);
      const expected = Buffer.from(browser, "base64url");
      // Another browser neither gets it nor takes it away from the right one.
      if (!nonces.some((nonce) => nonce && timingSafeEqual(expected, digest(nonce)))) return null;
      if (!(await store.delete(record.id))) return null;
      if (own !== null) tab.clear(exchange);
      return recalled;
    },
  };
}

type Cookies = Record<Exchange["protocol"], ExchangeCookie>;

function cookiesNamed(name: string): Cookies {
  return {
    // A provider answers with a cross-site POST, where Lax cookies don't travel.
    https: createCookie({ name, secure: true, sameSite: "None" }),
    http: createCookie({ name, secure: false }),
  };
}

function nonceIn(cookie: ExchangeCookie, exchange: Exchange): string | null {
  const sent = cookie.read(exchange);
  return sent !== null && nonceShape.test(sent) ? sent : null;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
