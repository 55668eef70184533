// The keys that a provider signs with, by jose: cached, fetched again for a key that is new, but not
// more often than the cooldown allows.

import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { askProvider } from "./provider-request.ts";

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
      const { status, body } = await askProvider({ url: new URL(url), publicOnly });
      return new Response(body, { status });
    },
  });
}
