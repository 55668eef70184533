// Log in with an OpenID provider: found by discovery, and believed only after every check.

import type { LoginStep, LogoutProvider } from "@latchkey/auth-core";
import { durationMs } from "@latchkey/session-core";
import { authorizationUrl, checkExtraParams } from "./authorization-url.ts";
import { readClient } from "./client-options.ts";
import { type CodeJourney, codeLogin } from "./code-login.ts";
import { type EndSessionRequest, endSessionUrl } from "./end-session.ts";
import { isIssuedBy, verifyIdToken } from "./id-token.ts";
import { OAuth2Error } from "./oauth2-error.ts";
import type { ProviderLogin } from "./oauth2-login.ts";
import { checkUserId, mayName, type OAuth2User, userOf } from "./oauth2-user.ts";
import { mergeClaims } from "./oidc-claims.ts";
import type { OidcLoginOptions } from "./oidc-options.ts";
import { createOidcProvider } from "./oidc-provider.ts";
import { configuredUrl } from "./provider-address.ts";
import { createProviderLogouts } from "./provider-logouts.ts";
import { createTokenKeeper } from "./token-keeper.ts";
import { requestTokens } from "./token-request.ts";
import { requestUserInfo } from "./user-info.ts";

/** It can also be the `provider` of a logout, which then goes on there. */
export interface OidcLogin extends ProviderLogin, LogoutProvider {
  /** Where to send the browser after a logout here; `null` where the provider has no such page. */
  endSessionUrl(request?: EndSessionRequest): Promise<URL | null>;
}

/** @throws {TypeError} That names the option. */
export function oidcLogin(options: OidcLoginOptions): OidcLogin {
  const { name = "oidc", id = "sub", responseMode = "query", acr = [], params = {} } = options;
  const { user: rewrite = (claims) => claims, prompt, maxAge } = options;
  const client = readClient(options);
  const provider = createOidcProvider(options, client);
  const scope = [...new Set(["openid", ...(options.scope ?? ["profile", "email"])])];
  const maxAgeMs = maxAge === undefined ? null : durationMs(maxAge, "maxAge");
  checkUserId(id, "id");
  if (options.postLogoutRedirectUri !== undefined) {
    configuredUrl(options.postLogoutRedirectUri, "postLogoutRedirectUri");
  }
  if (typeof params !== "function") checkExtraParams(params, "params");
  if (responseMode !== "query" && responseMode !== "form_post") {
    throw new TypeError("responseMode must be 'query' or 'form_post'");
  }
  const { origin: apiOrigin } = new URL(options.issuer);
  const tokens = createTokenKeeper(options, {
    name,
    apiOrigin,
    request: async (grant) => requestTokens(await provider.tokenEndpoint(), grant),
  });
  const logouts = createProviderLogouts(options, { ...client, name, provider, tokens });

  async function claimsOf(set: { access_token: string; id_token?: string }, nonce: string) {
    if (set.id_token === undefined) {
      throw new OAuth2Error("ERR_PROVIDER_ANSWER", "the token endpoint gives no ID token");
    }
    const expected = { nonce, accessToken: set.access_token, maxAgeMs, acr };
    const idToken = await verifyIdToken(set.id_token, await provider.verifier(), expected);
    const { userInfoEndpoint: url } = await provider.metadata();
    if (options.userInfo === false || url === null) return { idToken, userInfo: null };
    const userInfo = await requestUserInfo(
      {
        url: url.href,
        method: "GET",
        headers: { authorization: "Bearer {access_token}" },
        publicOnly: provider.isForeign(url),
      },
      set.access_token,
    );
    return { idToken, userInfo };
  }

  async function finish(code: string, journey: CodeJourney): Promise<LoginStep<OAuth2User>> {
    const set = await requestTokens(await provider.tokenEndpoint(), {
      grant_type: "authorization_code",
      code,
      redirect_uri: journey.redirectUri,
      code_verifier: journey.codeVerifier,
    });
    const { idToken, userInfo } = await claimsOf(set, journey.nonce);
    const merged = mergeClaims(idToken, userInfo);
    const claims = mayName(merged, id) ? await rewrite(merged) : null;
    if (claims === null) return { kind: "rejected", reason: "forbidden", view: null };
    const user = userOf(claims, id);
    const keep = await tokens.keep(user.id, set);
    if (logouts === null) return { kind: "accepted", user, keep };
    return { kind: "accepted", user, keep, still: logouts.still(user.id, idToken, keep) };
  }

  const login = codeLogin({
    ...client,
    name,
    formPost: responseMode === "form_post",
    finish,
    async issuer() {
      const { issuer: iss, sendsIss } = await provider.metadata();
      return { iss, required: sendsIss };
    },
    async begin(journey, request) {
      const { authorizationEndpoint: endpoint } = await provider.metadata();
      const extra = typeof params === "function" ? params(request) : params;
      return authorizationUrl({
        ...journey,
        endpoint,
        clientId: client.clientId,
        scope,
        params: {
          ...extra,
          ...(prompt === undefined ? {} : { prompt }),
          ...(maxAgeMs === null ? {} : { max_age: String(Math.floor(maxAgeMs / 1_000)) }),
          ...(acr.length === 0 ? {} : { acr_values: acr.join(" ") }),
          ...(responseMode === "query" ? {} : { response_mode: responseMode }),
        },
      });
    },
    ...(logouts === null ? {} : { other: logouts }),
  });
  async function endSession(request?: EndSessionRequest): Promise<URL | null> {
    const { endSessionEndpoint } = await provider.metadata();
    return endSessionUrl(endSessionEndpoint, client.clientId, request);
  }

  return {
    ...login,
    tokens,
    forget: tokens.forgetSession,
    endSessionUrl: endSession,
    async logoutUrl({ user, data, url, next: state }) {
      const idToken = (await tokens.ofSession(data))?.id_token ?? null;
      // Somebody may have logged in elsewhere: that is nothing to tell this provider.
      const isHint = idToken !== null && isIssuedBy(idToken, options.issuer);
      if (!isHint && Reflect.get(user, "iss") !== options.issuer) return null;
      const { postLogoutRedirectUri = url } = options;
      return endSession({ postLogoutRedirectUri, state, ...(isHint ? { idToken } : {}) });
    },
    loggedOut: async ({ data }) => tokens.forgetSession(data),
  };
}
