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
import { createJourneyLimit } from "./journey-limit.ts";
import { BROWSER_KEPT_MS, keepBrowser } from "./known-browser.ts";
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
  /**
   * @param journey Kept with it: no form of ours carries it by a provider or a mailed link.
   * @returns `false` when too many wait for their browser already; then nothing is kept.
   */
  remember(exchange: Exchange, remembered: Remembered, journey: Journey): Promise<boolean>;
  /** `null` when it is not there, expired, taken, or another browser's. */
  recall(exchange: Exchange, key: string): Promise<Recalled | null>;
  /** Somebody has logged in by this browser: how many strangers begin a login no longer matters to it. */
  trust(exchange: Exchange, userId: string): Promise<void>;
}

interface Recalled {
  value: Record<string, unknown>;
  journey: Journey;
}

interface Kept extends Recalled {
  /** The digest of the browser's nonce. */
  browser: string;
  /** Whom it counts for while it is under way. */
  whose: string;
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
  const limit = createJourneyLimit(store, method, now);
  const trustId = (nonce: string): string => `known:${method}:browser:${nameOf(nonce)}`;

  return {
    async remember(exchange, { key, value, lifetime = "10m" }, journey) {
      const cookie = browserCookies[exchange.protocol];
      const known = nonceIn(cookie, exchange);
      const knownBrowser = async (): Promise<string | null> =>
        known === null || (await store.get(trustId(known))) === null ? null : known;
      const { userId } = journey;
      const whose = await limit.begin({ ip: exchange.ip, userId, knownBrowser });
      if (whose === null) return false;
      const nonce = known ?? randomBytes(24).toString("base64url");
      const kept: Kept = { browser: nameOf(nonce), whose, value, journey };
      const at = now();
      const lifetimeMs = durationMs(lifetime, "remember.lifetime");
      const created = await store.create({
        id: idOf(key),
        owner: null,
        data: JSON.stringify(kept),
        createdAt: at,
        seenAt: at,
        expiresAt: at + lifetimeMs,
        version: 1,
      });
      if (!created) throw new TypeError("remember.key must be random; this one is taken");
      if (known !== null) return true;
      cookie.write(exchange, nonce, null);
      tabCookies(key)[exchange.protocol].write(exchange, nonce, Math.ceil(lifetimeMs / 1_000));
      return true;
    },

    async recall(exchange, key) {
      const tab = tabCookies(key)[exchange.protocol];
      const own = nonceIn(tab, exchange);
      const nonces = [nonceIn(browserCookies[exchange.protocol], exchange), own];
      if (nonces.every((nonce) => nonce === null)) return null;
      const record = await store.get(idOf(key));
      if (record === null) return null;
      const { browser, whose, ...recalled }: Kept = JSON.parse(record.data);
      const expected = Buffer.from(browser, "base64url");
      // Another browser neither gets it nor takes it away from the right one.
      if (!nonces.some((nonce) => nonce && timingSafeEqual(expected, digest(nonce)))) return null;
      if (!(await store.delete(record.id))) return null;
      await limit.end(whose);
      if (own !== null) tab.clear(exchange);
      return recalled;
    },

    async trust(exchange, userId) {
      const cookie = browserCookies[exchange.protocol];
      const nonce = nonceIn(cookie, exchange);
      if (nonce === null) return;
      const owner = `known:${method}:browsers:${nameOf(userId)}`;
      if (!(await keepBrowser(store, trustId(nonce), owner, now()))) return;
      cookie.write(exchange, nonce, BROWSER_KEPT_MS / 1_000);
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
