// Asks a provider's API with the access token that is kept, and once more with a new one after a 401.

import { OAuth2Error } from "./oauth2-error.ts";
import { isSecure } from "./provider-address.ts";
import type { TokenKeeper } from "./token-keeper.ts";

/** A token this close to its end may be over on arrival. */
const NEARLY_OVER_MS = 10_000;

interface FetchParts {
  keeper: Pick<TokenKeeper, "get" | "refreshAccessToken">;
  /** Nobody else ever gets the token. */
  origins: readonly string[];
  now: () => number;
}

/** @throws {OAuth2Error} `ERR_ADDRESS_BLOCKED`, `ERR_NO_TOKENS`, and what refreshing throws. */
export async function authorizedFetch(
  { keeper, origins, now }: FetchParts,
  id: string,
  address: string | URL,
  init: RequestInit = {},
): Promise<Response> {
  const url = new URL(address);
  if (!isSecure(url) || !origins.includes(url.origin)) {
    const message = `the token is not for ${url.origin}: see apiOrigins`;
    throw new OAuth2Error("ERR_ADDRESS_BLOCKED", message);
  }
  let tokens = await keeper.get(id);
  if (tokens === null) throw new OAuth2Error("ERR_NO_TOKENS", "there are no tokens");
  const isOver = tokens.expires_at !== null && tokens.expires_at <= now() + NEARLY_OVER_MS;
  if (isOver && tokens.refresh_token !== undefined) {
    tokens = await keeper.refreshAccessToken(id, tokens.access_token);
  }
  const response = await ask(tokens.access_token);
  const again = tokens.refresh_token !== undefined && !(init.body instanceof ReadableStream);
  if (response.status !== 401 || !again) return response;
  await response.body?.cancel();
  const fresh = await keeper.refreshAccessToken(id, tokens.access_token);
  return ask(fresh.access_token);

  function ask(accessToken: string): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${accessToken}`);
    // A redirect would take the token along, or lose it: it is the caller's to follow.
    return fetch(url, { ...init, headers, redirect: "manual" });
  }
}
