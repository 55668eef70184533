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
import type { Remembered } from "./login-method.ts";

export interface LoginMemory {
  remember(exchange: Exchange, remembered: Remembered): Promise<void>;
  /** `null` when it is not there, expired, taken, or another browser's. */
  recall(exchange: Exchange, key: string): Promise<Record<string, unknown> | null>;
}

const nonceShape = /^[A-Za-z0-9_-]{32}$/;

export function createLoginMemory(store: Store, method: string, now: () => number): LoginMemory {
  const cookies = {
    // A provider answers with a cross-site POST, where Lax cookies don't travel.
    https: createCookie({ name: "login", secure: true, sameSite: "None" }),
    http: createCookie({ name: "login", secure: false }),
  };
  const cookieFor = (exchange: Exchange): ExchangeCookie => cookies[exchange.protocol];
  const idOf = (key: string): string => `login:${method}:${digest(key).toString("base64url")}`;

  function nonceOf(exchange: Exchange): string | null {
    const sent = cookieFor(exchange).read(exchange);
    return sent !== null && nonceShape.test(sent) ? sent : null;
  }

  return {
    async remember(exchange, { key, value, lifetime }) {
      const known = nonceOf(exchange);
      const nonce = known ?? randomBytes(24).toString("base64url");
      const at = now();
      const created = await store.create({
        id: idOf(key),
        owner: null,
        data: JSON.stringify({ browser: digest(nonce).toString("base64url"), value }),
        createdAt: at,
        seenAt: at,
        expiresAt: at + durationMs(lifetime ?? "10m", "remember.lifetime"),
        version: 1,
      });
      if (!created) throw new TypeError("remember.key must be random; this one is taken");
      if (known === null) cookieFor(exchange).write(exchange, nonce, null);
    },

    async recall(exchange, key) {
      const nonce = nonceOf(exchange);
      const record = nonce === null ? null : await store.get(idOf(key));
      if (nonce === null || record === null) return null;
      const content: { browser: string; value: Record<string, unknown> } = JSON.parse(record.data);
      // Another browser neither gets it nor takes it away from the right one.
      const browser = Buffer.from(content.browser, "base64url");
      if (!timingSafeEqual(browser, digest(nonce))) return null;
      return (await store.delete(record.id)) ? content.value : null;
    },
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
