// Log in with LinkedIn.

import type { ProviderLogin } from "../oauth2-login.ts";
import { type NamedLoginOptions, namedLogin } from "./named-login.ts";

/**
 * Logs in with LinkedIn. The user has `sub`, which becomes `id`, `name`, `email` and `email_verified`.
 * Not by its ID token: LinkedIn puts no nonce into it.
 *
 * @throws {TypeError} That names the option.
 */
export function linkedinLogin(options: NamedLoginOptions): ProviderLogin {
  return namedLogin(options, {
    name: "linkedin",
    endpoints: {
      authorize: "https://www.linkedin.com/oauth/v2/authorization",
      token: "https://www.linkedin.com/oauth/v2/accessToken",
      userInfo: "https://api.linkedin.com/v2/userinfo",
    },
    scope: ["openid", "profile", "email"],
    id: "sub",
    user: (attributes) => ({
      ...attributes,
      email_verified: attributes["email_verified"] === true,
    }),
  });
}
