// Log in with Salesforce.

import { type OidcLogin, oidcLogin } from "../oidc-login.ts";
import type { OidcLoginOptions } from "../oidc-options.ts";

export interface SalesforceLoginOptions extends Omit<OidcLoginOptions, "issuer"> {
  clientSecret: string;
  /** Your own domain, or `https://test.salesforce.com`. Default `"https://login.salesforce.com"`. */
  url?: string;
}

/**
 * Logs in with Salesforce. The user has `user_id`, `organization_id`, `preferred_username` and `email`.
 *
 * @throws {TypeError} That names the option.
 */
export function salesforceLogin(options: SalesforceLoginOptions): OidcLogin {
  const { url = "https://login.salesforce.com", ...rest } = options;
  return oidcLogin({ name: "salesforce", ...rest, issuer: url });
}
