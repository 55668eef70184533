// Log in with Google.

import { type OidcLogin, oidcLogin } from "../oidc-login.ts";
import type { OidcLoginOptions } from "../oidc-options.ts";

export interface GoogleLoginOptions extends Omit<OidcLoginOptions, "issuer" | "params"> {
  clientSecret: string;
  /** More scopes than a login needs, e.g. `https://www.googleapis.com/auth/gmail.readonly`. */
  scope?: readonly string[];
  /** Asks for a refresh token, for work while the user is away. Default `false`. */
  offline?: boolean;
  /** Only accounts of these Google Workspace domains. Checked by us, not just asked for. */
  hostedDomain?: string | readonly string[];
  /** More parameters, e.g. `{ login_hint: "ann@example.com" }`. */
  params?: Readonly<Record<string, string>>;
  /** Another provider that speaks the same protocol. Default `"https://accounts.google.com"`. */
  issuer?: string;
}

/**
 * Logs in with Google. The user's `id` is the e-mail address, which Google must have verified; with
 * `id: "sub"` it is Google's own number, which stays when the address changes. `hd` is the domain of a
 * Google Workspace account.
 *
 * @throws {TypeError} That names the option.
 */
export function googleLogin(options: GoogleLoginOptions): OidcLogin {
  const { offline = false, hostedDomain = [], scope = [], params = {}, ...rest } = options;
  const { id = "email", user: rewrite = (claims) => claims } = options;
  const domains = [hostedDomain].flat();
  return oidcLogin({
    name: "google",
    issuer: "https://accounts.google.com",
    apiOrigins: ["https://www.googleapis.com"],
    ...rest,
    id,
    scope: ["openid", "profile", "email", ...scope],
    params: {
      ...(domains.length === 0 ? {} : { hd: domains.length === 1 ? (domains[0] ?? "") : "*" }),
      ...(offline ? { access_type: "offline" } : {}),
      ...params,
    },
    user(claims) {
      const { hd } = claims;
      // Whoever changes the address of Google's page can ask for any domain, or for none.
      if (domains.length > 0 && !(typeof hd === "string" && domains.includes(hd))) return null;
      return rewrite(claims);
    },
  });
}
