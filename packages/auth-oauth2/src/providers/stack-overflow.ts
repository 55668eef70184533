// Log in with Stack Overflow, or another site of Stack Exchange.

import type { ProviderLogin } from "../oauth2-login.ts";
import { type NamedLoginOptions, namedLogin } from "./named-login.ts";

export interface StackOverflowLoginOptions extends NamedLoginOptions {
  /** The key of your application at Stack Apps. */
  key: string;
  /** Which site's profile. Default `"stackoverflow"`. */
  site?: string;
}

/**
 * Logs in with Stack Overflow. The user has `user_id`, which becomes `id`, `display_name`,
 * `reputation` and `profile_image`; there is no e-mail address.
 *
 * @throws {TypeError} That names the option.
 */
export function stackOverflowLogin(options: StackOverflowLoginOptions): ProviderLogin {
  const { key, site = "stackoverflow", ...rest } = options;
  if (typeof key !== "string" || key === "") {
    throw new TypeError("key must be the key of your application at Stack Apps");
  }
  const userInfo = rest.endpoints?.userInfo ?? "https://api.stackexchange.com/2.3/me";
  // It takes the token in the query only.
  const query = `${new URLSearchParams({ site, key })}&access_token={access_token}`;
  return namedLogin(
    { ...rest, endpoints: { ...rest.endpoints, userInfo: `${userInfo}?${query}` } },
    {
      name: "stackoverflow",
      endpoints: {
        authorize: "https://stackoverflow.com/oauth",
        token: "https://stackoverflow.com/oauth/access_token/json",
        userInfo,
      },
      scope: [],
      id: "user_id",
      at: "items.0",
    },
  );
}
