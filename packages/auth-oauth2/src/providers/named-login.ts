// What the logins by a well-known OAuth 2.0 provider share: the provider brings its addresses, the
// application its client.

import type { ClientOptions } from "../client-options.ts";
import { type OAuth2LoginOptions, oauth2Login, type ProviderLogin } from "../oauth2-login.ts";
import { mayName, type UserId, userOf } from "../oauth2-user.ts";

export interface NamedLoginOptions extends ClientOptions {
  clientSecret: string;
  /** What events and links call this login. Default: the provider's name. */
  name?: string;
  /** More scopes than a login needs. */
  scope?: readonly string[];
  /** More parameters of the address that the browser is sent to. */
  params?: Readonly<Record<string, string>>;
  /** Attribute that names the user, or a function of all. As `"email"` it must be verified. */
  id?: UserId;
  /** Rewrites what the provider says about the user; `null` refuses the login. May be async. */
  user?: Rewrite;
  /** Other addresses: a server of your own, a newer version of the API. */
  endpoints?: Partial<Endpoints>;
}

export interface Endpoints {
  authorize: string;
  token: string;
  userInfo: string;
}

interface Provider {
  name: string;
  endpoints: Endpoints;
  scope: readonly string[];
  id: string;
  /** Where in the user information the user is. */
  at?: string;
  clientAuth?: "basic" | "post";
  /** Before the application's own. */
  user?: Rewrite;
}

type Rewrite = NonNullable<OAuth2LoginOptions["user"]>;

export function namedLogin(options: NamedLoginOptions, provider: Provider): ProviderLogin {
  const { clientAuth = "post" } = provider;
  const { endpoints: own, scope = [], params = {}, user: rewrite = asItIs, ...rest } = options;
  const endpoints = { ...provider.endpoints, ...own };
  const { at, user: prepare = asItIs } = provider;
  const { id = provider.id } = options;
  return oauth2Login({
    name: provider.name,
    clientAuth,
    ...rest,
    id,
    async user(attributes, tokens) {
      const prepared = await prepare(attributes, tokens);
      if (prepared === null || !mayName(prepared, id)) return null;
      // A function would make one user, `github:undefined`, of all whom the provider doesn't name.
      if (typeof id === "function") userOf(prepared, provider.id);
      return rewrite(prepared, tokens);
    },
    authorize: {
      url: endpoints.authorize,
      scope: [...new Set([...provider.scope, ...scope])],
      params,
    },
    token: { url: endpoints.token },
    userInfo: { url: endpoints.userInfo, ...(at === undefined ? {} : { at }) },
  });
}

const asItIs: Rewrite = (attributes) => attributes;
