// Log in with any OAuth 2.0 provider: where its endpoints are and who the user is, by options.

import type { LoginMethod } from "@latchkey/auth-core";
import { authorizationUrl, checkExtraParams } from "./authorization-url.ts";
import { type ClientOptions, readClient } from "./client-options.ts";
import { codeLogin } from "./code-login.ts";
import { checkUserId, type OAuth2User, type UserId, userOf } from "./oauth2-user.ts";
import { configuredUrl } from "./provider-address.ts";
import { createTokenKeeper, type TokenKeeper } from "./token-keeper.ts";
import { requestTokens, type TokenEndpoint, type TokenSet } from "./token-request.ts";
import { requestUserInfo } from "./user-info.ts";

export interface OAuth2LoginOptions extends ClientOptions {
  /** What events and links call this login; each provider needs its own. Default `"oauth2"`. */
  name?: string;
  authorize: {
    url: string;
    scope?: readonly string[];
    /** More parameters, e.g. `{ prompt: "consent" }`. */
    params?: Readonly<Record<string, string>>;
  };
  token: {
    url: string;
    headers?: Readonly<Record<string, string>>;
    /** More parameters of the body, e.g. `{ resource: "https://graph.example" }`. */
    body?: Readonly<Record<string, string>>;
  };
  /** Who the user is. Left out, the token endpoint's answer says it, without its tokens. */
  userInfo?: UserInfoOptions;
  /** Attribute that names the user, or a function. Default `"id"`. */
  id?: UserId;
  /** Rewrites what the provider says about the user; `null` refuses the login. May be async. */
  user?: (attributes: Record<string, unknown>, tokens: TokenSet) => MaybeUser | Promise<MaybeUser>;
  /** The provider's name for itself: every answer must have it as `iss` (RFC 9207). */
  issuer?: string;
}

type MaybeUser = Record<string, unknown> | null;

/** `{access_token}` is replaced in the url, the headers and the body. */
export interface UserInfoOptions {
  url: string;
  /** Default `"GET"`. */
  method?: "GET" | "POST";
  /** Default `{ authorization: "Bearer {access_token}" }`; others are added to it. */
  headers?: Readonly<Record<string, string>>;
  /** Sent as a form, by POST. */
  body?: Readonly<Record<string, string>>;
  /** Where in the answer the user is: `"data"`, `"items.0"`. Default: all of it. */
  at?: string;
}

/** A login method that can also use the tokens that it kept. */
export interface ProviderLogin extends LoginMethod<OAuth2User> {
  readonly tokens: TokenKeeper;
}

/**
 * Logs in with an OAuth 2.0 provider, always with PKCE and a state bound to the browser.
 *
 * @throws {TypeError} That names the option.
 */
export function oauth2Login(options: OAuth2LoginOptions): ProviderLogin {
  const { name = "oauth2", authorize, token, userInfo, id = "id", issuer = null } = options;
  const { user: rewrite = (attributes) => attributes } = options;
  const client = readClient(options);
  const endpoint = configuredUrl(authorize.url, "authorize.url");
  const { scope = [], params = {} } = authorize;
  checkExtraParams(params, "authorize.params");
  checkUserId(id, "id");
  if (userInfo) configuredUrl(userInfo.url.replaceAll("{access_token}", "x"), "userInfo.url");
  const tokenEndpoint: TokenEndpoint = {
    ...client,
    ...token,
    url: configuredUrl(token.url, "token.url"),
  };
  const tokens = createTokenKeeper(options, {
    name,
    request: async (grant) => requestTokens(tokenEndpoint, grant),
    apiOrigin: userInfo === undefined ? null : new URL(userInfo.url).origin,
  });

  async function attributesOf(set: TokenSet): Promise<Record<string, unknown>> {
    if (userInfo === undefined) {
      const { access_token: _, refresh_token: __, id_token: ___, ...rest } = set;
      return rest;
    }
    const { method = userInfo.body === undefined ? "GET" : "POST", headers } = userInfo;
    const bearer = { authorization: "Bearer {access_token}" };
    return requestUserInfo(
      { ...userInfo, method, headers: { ...bearer, ...lowerCased(headers ?? {}) } },
      set.access_token,
    );
  }

  const login = codeLogin({
    ...client,
    name,
    formPost: false,
    issuer: async () => (issuer === null ? null : { iss: issuer, required: true }),
    begin: async ({ nonce: _, ...journey }) =>
      authorizationUrl({ ...journey, endpoint, clientId: client.clientId, scope, params }),
    async finish(code, { codeVerifier, redirectUri }) {
      const set = await requestTokens(tokenEndpoint, {
        grant_type: "authorization_code",
        code,
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
      });
      const attributes = await rewrite(await attributesOf(set), set);
      if (attributes === null) return { kind: "rejected", reason: "forbidden", view: null };
      const user = userOf(attributes, id);
      return { kind: "accepted", user, keep: await tokens.keep(user.id, set) };
    },
  });
  return { ...login, tokens, forget: tokens.forgetSession };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
