// The tokens that a login yields: in the session's data, or in a record of their own, where they are
// refreshed once for however many requests and processes want it.

import { setTimeout as sleep } from "node:timers/promises";
import { authorizedFetch } from "./authorized-fetch.ts";
import type { ClientOptions } from "./client-options.ts";
import { OAuth2Error } from "./oauth2-error.ts";
import { randomToken } from "./pkce.ts";
import { configuredUrl } from "./provider-address.ts";
import { createTokenRecords, type HeldTokens } from "./token-records.ts";
import type { TokenSet } from "./token-request.ts";

/** Longer than a request to the token endpoint may take. */
const LEASE_MS = 15_000;
const POLL_MS = 50;

/** What `tokens` of a login can do. With `store`, `id` is what the session's data has. */
export interface TokenKeeper {
  /** For the session's data, after a login. */
  keep(userId: string, tokens: TokenSet): Promise<Record<string, unknown>>;
  /** `null` when they are not there, or no longer. */
  get(id: string): Promise<TokenSet | null>;
  /**
   * New tokens: one request to the provider, whoever else asks at the same time.
   *
   * @param stale The access token that no longer works. Default: the one that is kept.
   * @throws {OAuth2Error} `ERR_NO_TOKENS`, `ERR_PROVIDER_…`; a refused refresh token is forgotten.
   */
  refreshAccessToken(id: string, stale?: string): Promise<TokenSet>;
  /**
   * `fetch` with the access token, to the origins of `apiOrigins` only. Follows no redirect. After a
   * 401 it refreshes and tries once more, unless the body is a stream.
   */
  fetch(id: string, url: string | URL, init?: RequestInit): Promise<Response>;
  /** Forgets them, after a logout. */
  forget(id: string): Promise<boolean>;
  /** Those of a session, by its data: wherever they are kept. `null` when there are none. */
  ofSession(data: Readonly<Record<string, unknown>>): Promise<TokenSet | null>;
  /** Forgets those of a session that is over, by its data. */
  forgetSession(data: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** Forgets all of a user's. */
  forgetUser(userId: string): Promise<number>;
  /** Without `store`: new tokens for a refresh token. Asks the provider every time. */
  exchangeRefreshToken(refreshToken: string): Promise<TokenSet>;
}

type KeeperOptions = Pick<ClientOptions, "store" | "sessionKey" | "apiOrigins" | "now">;

interface KeeperParts {
  name: string;
  request(grant: Record<string, string>): Promise<TokenSet>;
  /** Where the user information is. */
  apiOrigin: string | null;
}

/** @throws {TypeError} That names the option. */
export function createTokenKeeper(options: KeeperOptions, parts: KeeperParts): TokenKeeper {
  const { store, sessionKey = store ? "oauth2" : null, now = Date.now } = options;
  const { apiOrigins = parts.apiOrigin === null ? [] : [parts.apiOrigin] } = options;
  const origins = apiOrigins.map((origin) => configuredUrl(origin, "apiOrigins").origin);
  const records = createTokenRecords(store ?? null, parts.name, now);
  const underWay = new Map<string, Promise<TokenSet>>();

  async function exchangeRefreshToken(refreshToken: string): Promise<TokenSet> {
    const grant = { grant_type: "refresh_token", refresh_token: refreshToken };
    const { id_token: _, ...fresh } = await parts.request(grant);
    // Where the old one stays good, there is no new one: RFC 6749 §6.
    return { refresh_token: refreshToken, ...fresh };
  }

  /** Alone in this process; others are kept out by the lease. */
  async function refresh(id: string, stale: string | null): Promise<TokenSet> {
    for (let waitedMs = 0; waitedMs < 2 * LEASE_MS; ) {
      const held = await records.get(id);
      if (held === null) throw noTokens();
      const { tokens, leaseUntil } = held;
      stale ??= tokens.access_token;
      if (tokens.access_token !== stale) return tokens;
      if (tokens.refresh_token === undefined) throw noTokens();
      if (leaseUntil > now()) {
        await sleep(POLL_MS);
        waitedMs += POLL_MS;
        continue;
      }
      const lease = await records.replace(held, { tokens, leaseUntil: now() + LEASE_MS });
      if (lease !== null) return useLease(lease, tokens.refresh_token);
    }
    throw new OAuth2Error("ERR_PROVIDER_UNAVAILABLE", "another refresh takes too long");
  }

  async function useLease(lease: HeldTokens, refreshToken: string): Promise<TokenSet> {
    let fresh: TokenSet;
    try {
      fresh = await exchangeRefreshToken(refreshToken);
    } catch (error) {
      const isOver = error instanceof OAuth2Error && error.providerError === "invalid_grant";
      const leaseUntil = isOver ? lease.leaseUntil : 0;
      const held = await records.replace(lease, { tokens: lease.tokens, leaseUntil });
      // Not where the lease was lost in the meantime: what is kept now is another's, and fresh.
      if (isOver && held !== null) await records.delete(lease.id);
      throw error;
    }
    const tokens = { ...lease.tokens, ...fresh };
    // Gone in the meantime: whoever logged out wants no tokens.
    if ((await records.replace(lease, { tokens, leaseUntil: 0 })) === null) throw noTokens();
    return tokens;
  }

  function keptIn(data: Readonly<Record<string, unknown>>): unknown {
    return sessionKey === null ? undefined : data[sessionKey];
  }

  const keeper: TokenKeeper = {
    async keep(userId, tokens) {
      if (sessionKey === null) return {};
      if (!store) return { [sessionKey]: tokens };
      const id = randomToken();
      await records.create(id, userId, tokens);
      return { [sessionKey]: id };
    },
    get: async (id) => (await records.get(id))?.tokens ?? null,
    refreshAccessToken(id, stale) {
      const key = `${id} ${stale ?? ""}`;
      const known = underWay.get(key);
      if (known !== undefined) return known;
      const begun = refresh(id, stale ?? null).finally(() => underWay.delete(key));
      underWay.set(key, begun);
      return begun;
    },
    fetch: (id, url, init) => authorizedFetch({ keeper, origins, now }, id, url, init),
    forget: (id) => records.delete(id),
    async ofSession(data) {
      const kept = keptIn(data);
      if (store) return typeof kept === "string" ? keeper.get(kept) : null;
      return isTokenSet(kept) ? kept : null;
    },
    async forgetSession(data) {
      const kept = keptIn(data);
      return store !== undefined && typeof kept === "string" && records.delete(kept);
    },
    forgetUser: (userId) => records.deleteOf(userId),
    exchangeRefreshToken,
  };
  return keeper;
}

function isTokenSet(value: unknown): value is TokenSet {
  return (
    typeof value === "object" &&
    value !== null &&
    "access_token" in value &&
    typeof value.access_token === "string" &&
    (!("id_token" in value) || typeof value.id_token === "string")
  );
}

function noTokens(): OAuth2Error {
  return new OAuth2Error("ERR_NO_TOKENS", "there are no tokens that can be refreshed");
}
