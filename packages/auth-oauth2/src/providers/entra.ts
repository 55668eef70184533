// Log in with Microsoft Entra ID, formerly Azure Active Directory.

import { type OidcLogin, oidcLogin } from "../oidc-login.ts";
import type { OidcLoginOptions } from "../oidc-options.ts";

export interface EntraLoginOptions extends Omit<OidcLoginOptions, "issuer"> {
  clientSecret: string;
  /** The directory (tenant) id: a GUID. */
  tenant: string;
  /** Of a sovereign cloud. Default `"https://login.microsoftonline.com"`. */
  authority?: string;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Logs in people of one directory. The user's `id` is the object id of the directory (`oid`), the same
 * as in Microsoft Graph. `email` is never verified by Entra: any administrator can write any address.
 *
 * @throws {TypeError} That names the option.
 */
export function entraLogin(options: EntraLoginOptions): OidcLogin {
  const { tenant, authority = "https://login.microsoftonline.com", ...rest } = options;
  // `common` and `organizations` would let in everybody who has a directory.
  if (!guid.test(String(tenant))) throw new TypeError("tenant must be the directory id, a GUID");
  return oidcLogin({
    name: "entra",
    id: "oid",
    apiOrigins: ["https://graph.microsoft.com"],
    ...rest,
    issuer: `${authority}/${tenant}/v2.0`,
  });
}
