// Log in with GitLab, at gitlab.com or on a server of your own.

import { type OidcLogin, oidcLogin } from "../oidc-login.ts";
import type { OidcLoginOptions } from "../oidc-options.ts";

export interface GitlabLoginOptions extends Omit<OidcLoginOptions, "issuer"> {
  clientSecret: string;
  /** Default `"https://gitlab.com"`. */
  url?: string;
}

/**
 * Logs in with GitLab. The user's `id` is GitLab's number for them; there are `nickname`, `name`,
 * `email` and `groups`.
 *
 * @throws {TypeError} That names the option.
 */
export function gitlabLogin(options: GitlabLoginOptions): OidcLogin {
  const { url = "https://gitlab.com", ...rest } = options;
  return oidcLogin({ name: "gitlab", ...rest, issuer: url });
}
