// The keys that a provider signs with: cached, fetched again for a key that is new, but not more often
// than the cooldown allows.

import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { OAuth2Error } from "./oauth2-error.ts";
import { createProviderCache } from "./provider-cache.ts";
import { askProvider, jsonObject } from "./provider-request.ts";

const COOLDOWN_MS = 30_000;
const MAX_AGE_MS = 600_000;

export interface ProviderKeysOptions {
  /** Refuses an internal address. */
  publicOnly: boolean;
  cooldownMs?: number;
  now?: () => number;
}

/** Rejects with an {@link OAuth2Error} when the keys can't be had; with jose's own when none fits. */
export function createProviderKeys(
  jwksUri: URL,
  { publicOnly, cooldownMs = COOLDOWN_MS, now = Date.now }: ProviderKeysOptions,
): JWTVerifyGetKey {
  const cache = createProviderCache(() => fetchKeys(jwksUri, publicOnly), {
    maxAgeMs: MAX_AGE_MS,
    cooldownMs,
    now,
  });
  return async (header, token) => {
    const keyOf = await cache.get();
    try {
      return await keyOf(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const newer = await cache.renew();
      if (newer === null) throw error;
      return newer(header, token);
    }
  };
}

/** jose's own errors would blame the token, and nobody would send that again. */
async function fetchKeys(jwksUri: URL, publicOnly: boolean): Promise<JWTVerifyGetKey> {
  const answer = await askProvider({ url: jwksUri, publicOnly });
  if (answer.status !== 200) {
    const message = `${jwksUri.host} answers ${answer.status} instead of keys`;
    throw new OAuth2Error("ERR_PROVIDER_UNAVAILABLE", message);
  }
  const json = jsonObject(answer, "the key set");
  if (!isKeySet(json)) throw new OAuth2Error("ERR_PROVIDER_ANSWER", "the key set has no keys");
  return createLocalJWKSet(json);
}

function isKeySet(json: object): json is JSONWebKeySet {
  if (!("keys" in json) || !Array.isArray(json.keys)) return false;
  return json.keys.every((key) => typeof key === "object" && key !== null && !Array.isArray(key));
}
