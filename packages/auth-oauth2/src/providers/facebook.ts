// Log in with Facebook.

import type { ProviderLogin } from "../oauth2-login.ts";
import { type NamedLoginOptions, namedLogin } from "./named-login.ts";

/**
 * Logs in with Facebook. The user has `id`, `name`, `first_name`, `last_name`, `picture`, and `email`
 * where it may be told, of which Facebook does not say whether it is verified.
 *
 * @throws {TypeError} That names the option.
 */
export function facebookLogin(options: NamedLoginOptions): ProviderLogin {
  const fields = "id,name,first_name,last_name,email,picture";
  return namedLogin(options, {
    name: "facebook",
    endpoints: {
      authorize: "https://www.facebook.com/v23.0/dialog/oauth",
      token: "https://graph.facebook.com/v23.0/oauth/access_token",
      userInfo: `https://graph.facebook.com/v23.0/me?fields=${fields}`,
    },
    scope: ["public_profile", "email"],
    id: "id",
  });
}
