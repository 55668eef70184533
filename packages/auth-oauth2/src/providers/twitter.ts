// Log in with X, formerly Twitter.

import type { ProviderLogin } from "../oauth2-login.ts";
import { type NamedLoginOptions, namedLogin } from "./named-login.ts";

/**
 * Logs in with X. The user has `id` (a number as text), `username` and `name`; `id: "username"` makes
 * it the name, which its owner can change. The scope `offline.access` gives a refresh token.
 *
 * @throws {TypeError} That names the option.
 */
export function twitterLogin(options: NamedLoginOptions): ProviderLogin {
  const fields = "profile_image_url,verified,public_metrics,url";
  return namedLogin(options, {
    name: "twitter",
    endpoints: {
      authorize: "https://x.com/i/oauth2/authorize",
      token: "https://api.x.com/2/oauth2/token",
      userInfo: `https://api.x.com/2/users/me?user.fields=${fields}`,
    },
    scope: ["users.read", "tweet.read"],
    id: "id",
    at: "data",
    clientAuth: "basic",
  });
}
