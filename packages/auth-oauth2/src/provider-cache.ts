// What many logins need of a provider (its metadata, its keys): fetched once for all of them, used on
// while the provider is away, and then not asked for at every login.

import type { OAuth2Error } from "./oauth2-error.ts";

export interface ProviderCache<T> {
  /** @throws {OAuth2Error} When nothing usable is known, and the provider is away. */
  get(): Promise<T>;
  /**
   * What is newer than what is known.
   *
   * @returns `null` when it was asked too short a time ago.
   * @throws {OAuth2Error} When the provider is away.
   */
  renew(): Promise<T | null>;
}

export interface ProviderCacheOptions {
  /** How old it may get, milliseconds. */
  maxAgeMs: number;
  /** How long {@link ProviderCache.renew} has to wait after an answer, milliseconds. */
  cooldownMs: number;
  now: () => number;
}

/** For how much longer what is known counts while the provider is away: a day. */
const AWAY_MS = 86_400_000;
/** The pause after the second failure in a row; it doubles. The first may be a hiccup. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** @param load Rejects with an {@link OAuth2Error}. */
export function createProviderCache<T>(
  load: () => Promise<T>,
  { maxAgeMs, cooldownMs, now }: ProviderCacheOptions,
): ProviderCache<T> {
  let known: { value: T; at: number } | null = null;
  let failing: { error: unknown; inARow: number; until: number } | null = null;
  let underWay: Promise<T> | null = null;

  function ask(): Promise<T> {
    if (underWay !== null) return underWay;
    if (failing !== null && now() < failing.until) return Promise.reject(failing.error);
    underWay = load()
      .then(
        (value) => {
          known = { value, at: now() };
          failing = null;
          return value;
        },
        (error: unknown) => {
          const inARow = (failing?.inARow ?? 0) + 1;
          failing = { error, inARow, until: now() + pauseMs(inARow) };
          throw error;
        },
      )
      .finally(() => {
        underWay = null;
      });
    return underWay;
  }

  return {
    async get() {
      if (known !== null && now() < known.at + maxAgeMs) return known.value;
      try {
        return await ask();
      } catch (error) {
        if (known !== null && now() < known.at + maxAgeMs + AWAY_MS) return known.value;
        throw error;
      }
    },
    async renew() {
      return known !== null && now() < known.at + cooldownMs ? null : ask();
    },
  };
}

function pauseMs(inARow: number): number {
  return inARow === 1 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (inARow - 2), LONGEST_PAUSE_MS);
}
