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
const SIGNED: ReadonlySet<string> = new Set(["iss", "sub", "sid", "acr", "amr", "auth_time", "hd"]);
/**
 * What user information may also say otherwise than the ID token: the claims of the scopes `profile` and
 * `email`. Others, e.g. `groups` and `roles`, it can only add. OpenID Connect Core 1.0 §5.4.
 */
const REPLACEABLE: ReadonlySet<string> = new Set([
  "name",
  "family_name",
  "given_name",
  "middle_name",
  "nickname",
  "preferred_username",
  "profile",
  "picture",
  "website",
  "gender",
  "birthdate",
  "zoneinfo",
  "locale",
  "updated_at",
  "email",
  "email_verified",
]);

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
    if (ABOUT_THE_TOKEN.has(name) || SIGNED.has(name)) continue;
    if (!claims.has(name) || REPLACEABLE.has(name)) claims.set(name, value);
  }
  // The two belong together: one's address is not verified by what the other says.
  const source = userInfo !== null && userInfo["email"] !== undefined ? userInfo : idToken;
  claims.delete("email_verified");
  if (typeof source["email"] === "string") {
    claims.set("email_verified", source["email_verified"] === true);
  }
  return Object.fromEntries(claims);
}
