// What is known about a user after a login by OpenID Connect: claims of the ID token and of the
// provider's user information, with an honest `email_verified`.

import { OAuth2Error } from "./oauth2-error.ts";

/** About the token, not about the user. */
const ABOUT_THE_TOKEN: ReadonlySet<string> = new Set([
  "aud",
  "azp",
  "at_hash",
  "c_hash",
  "exp",
  "iat",
  "jti",
  "nbf",
  "nonce",
]);
/** What only a signed token may say. */
const SIGNED: ReadonlySet<string> = new Set(["iss", "sub", "sid", "acr", "amr", "auth_time"]);

/**
 * @param userInfo `null` when it was not asked for.
 * @throws {OAuth2Error} `ERR_TOKEN_INVALID` when it is about someone else.
 * @see OpenID Connect Core 1.0 §5.3.2
 */
export function mergeClaims(
  idToken: Readonly<Record<string, unknown>>,
  userInfo: Readonly<Record<string, unknown>> | null,
): Record<string, unknown> {
  if (userInfo !== null && userInfo["sub"] !== idToken["sub"]) {
    throw new OAuth2Error("ERR_TOKEN_INVALID", "the user information is another user's");
  }
  const claims = new Map<string, unknown>();
  for (const [name, value] of Object.entries(idToken)) {
    if (!ABOUT_THE_TOKEN.has(name)) claims.set(name, value);
  }
  for (const [name, value] of Object.entries(userInfo ?? {})) {
    if (!ABOUT_THE_TOKEN.has(name) && !SIGNED.has(name)) claims.set(name, value);
  }
  // The two belong together: one's address is not verified by what the other says.
  const source = userInfo !== null && userInfo["email"] !== undefined ? userInfo : idToken;
  claims.delete("email_verified");
  if (typeof source["email"] === "string") {
    claims.set("email_verified", source["email_verified"] === true);
  }
  return Object.fromEntries(claims);
}
