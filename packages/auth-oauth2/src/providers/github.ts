// Log in with GitHub.

import type { ProviderLogin } from "../oauth2-login.ts";
import { askProvider, jsonValue } from "../provider-request.ts";
import { type NamedLoginOptions, namedLogin } from "./named-login.ts";

const USER_INFO = "https://api.github.com/user";

/**
 * Logs in with GitHub. The user is GitHub's, with its number as `id`; `email` is the primary address
 * and `email_verified` says whether GitHub has verified it.
 *
 * @throws {TypeError} That names the option.
 */
export function githubLogin(options: NamedLoginOptions): ProviderLogin {
  const emails = new URL(`${options.endpoints?.userInfo ?? USER_INFO}/emails`);
  return namedLogin(options, {
    name: "github",
    endpoints: {
      authorize: "https://github.com/login/oauth/authorize",
      token: "https://github.com/login/oauth/access_token",
      userInfo: USER_INFO,
    },
    scope: ["read:user", "user:email"],
    id: "id",
    async user(attributes, { access_token }) {
      const headers = { authorization: `Bearer ${access_token}` };
      const answer = await askProvider({ url: emails, headers });
      const primary = answer.status === 200 ? primaryOf(jsonValue(answer)) : null;
      // What the profile shows may be any address.
      return primary === null
        ? { ...attributes, email_verified: false }
        : { ...attributes, email: primary.email, email_verified: primary.verified === true };
    },
  });
}

function primaryOf(list: unknown): { email: string; verified: unknown } | null {
  if (!Array.isArray(list)) return null;
  const found: unknown = list.find((one: { primary?: unknown } | null) => one?.primary === true);
  if (typeof found !== "object" || found === null || !("email" in found)) return null;
  const verified = "verified" in found ? found.verified : false;
  return typeof found.email === "string" ? { email: found.email, verified } : null;
}
