// Browsers in which an account has logged in before. What strangers do to the account doesn't pause
// them: its owner can't be locked out.
// https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies

import { createHash, randomBytes } from "node:crypto";
import {
  createCookie,
  durationMs,
  type Exchange,
  type Store,
  type StoredRecord,
} from "@latchkey/session-core";

export interface KnownBrowsers {
  /** A name for this browser if the account has logged in here before, else `null`. */
  find(exchange: Exchange, account: string): Promise<string | null>;
  /** Notes that the account has logged in here. */
  remember(exchange: Exchange, account: string): Promise<void>;
}

const nonceShape = /^[A-Za-z0-9_-]{32}$/;
export const BROWSER_KEPT_MS: number = durationMs("180d");
/** What is older is renewed at a login, so that a browser in use is never forgotten. */
const RENEWED_MS = durationMs("30d");
/** Of one account; then the one longest unused is forgotten. */
const MAX_BROWSERS = 20;

export function createKnownBrowsers(
  store: Store,
  method: string,
  now: () => number,
): KnownBrowsers {
  const cookie = createCookie({ name: "latchkey-known" });
  const ownerOf = (account: string): string => `known:${method}:${digest(account)}`;

  function sent(exchange: Exchange): string | null {
    const nonce = cookie.read(exchange);
    return nonce !== null && nonceShape.test(nonce) ? nonce : null;
  }

  return {
    async find(exchange, account) {
      const nonce = sent(exchange);
      if (nonce === null) return null;
      const name = digest(nonce);
      return (await store.get(`${ownerOf(account)}:${name}`)) === null ? null : name;
    },

    async remember(exchange, account) {
      const nonce = sent(exchange) ?? randomBytes(24).toString("base64url");
      const owner = ownerOf(account);
      const isNew = await keepBrowser(store, `${owner}:${digest(nonce)}`, owner, now());
      if (isNew) cookie.write(exchange, nonce, BROWSER_KEPT_MS / 1_000);
    },
  };
}

/**
 * Keeps that somebody has logged in by this browser, for one of twenty.
 *
 * @returns Whether its cookie must be written, as it is new or old.
 */
export async function keepBrowser(
  store: Store,
  id: string,
  owner: string,
  at: number,
): Promise<boolean> {
  const known = await store.get(id);
  if (known !== null && at - known.seenAt < RENEWED_MS) return false;
  const times = { seenAt: at, expiresAt: at + BROWSER_KEPT_MS };
  const record: StoredRecord = { id, owner, data: "{}", createdAt: at, version: 1, ...times };
  if (known !== null) await store.touch(id, times.seenAt, times.expiresAt);
  else if (await store.create(record)) await forgetOldest(store, owner);
  return true;
}

async function forgetOldest(store: Store, owner: string): Promise<void> {
  const records = await store.listByOwner(owner, 2 * MAX_BROWSERS);
  const oldest = records.sort((a, b) => b.seenAt - a.seenAt).slice(MAX_BROWSERS);
  await Promise.all(oldest.map(({ id }) => store.delete(id)));
}

/** Neither names as typed nor what opens anything is in the store. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
