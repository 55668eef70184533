// The keys that a provider signs with, by jose: cached, fetched again for a key that is new, but not
// more often than the cooldown allows.

import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { OAuth2Error } from "./oauth2-error.ts";
import { askProvider, jsonObject } from "./provider-request.ts";

const COOLDOWN_MS = 30_000;
const MAX_AGE_MS = 600_000;

/** @param publicOnly Refuses an internal address. */
export function createProviderKeys(
  jwksUri: URL,
  { publicOnly, cooldownMs = COOLDOWN_MS }: { publicOnly: boolean; cooldownMs?: number },
): JWTVerifyGetKey {
  return createRemoteJWKSet(jwksUri, {
    cooldownDuration: cooldownMs,
    cacheMaxAge: MAX_AGE_MS,
    [customFetch]: async (url: string) => {
      const answer = await askProvider({ url: new URL(url), publicOnly });
      // jose's own errors would blame the token, and nobody would send that again.
      if (answer.status !== 200) {
        const message = `${jwksUri.host} answers ${answer.status} instead of keys`;
        throw new OAuth2Error("ERR_PROVIDER_UNAVAILABLE", message);
      }
      if (!Array.isArray(jsonObject(answer, "the key set")["keys"])) {
        throw new OAuth2Error("ERR_PROVIDER_ANSWER", "the key set has no keys");
      }
      return new Response(answer.body);
    },
  });
}
