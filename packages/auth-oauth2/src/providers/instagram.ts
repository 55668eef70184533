// Log in with Instagram, for professional accounts: there is no API for others.

import type { ProviderLogin } from "../oauth2-login.ts";
import { type NamedLoginOptions, namedLogin } from "./named-login.ts";

/**
 * Logs in with Instagram. The user has `user_id`, which becomes `id`, `username` and `name`.
 *
 * @throws {TypeError} That names the option.
 */
export function instagramLogin(options: NamedLoginOptions): ProviderLogin {
  return namedLogin(options, {
    name: "instagram",
    endpoints: {
      authorize: "https://www.instagram.com/oauth/authorize",
      token: "https://api.instagram.com/oauth/access_token",
      userInfo: "https://graph.instagram.com/v23.0/me?fields=user_id,username,name",
    },
    scope: ["instagram_business_basic"],
    id: "user_id",
  });
}
