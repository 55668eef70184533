// Log in with any provider that Arctic has: it knows the endpoints, the flow does the rest.

import type { OAuth2Tokens } from "arctic";
import { arcticError } from "./arctic-error.ts";
import { type ClientOptions, readOnError } from "./client-options.ts";
import { codeLogin } from "./code-login.ts";
import { OAuth2Error } from "./oauth2-error.ts";
import type { ProviderLogin } from "./oauth2-login.ts";
import { checkUserId, type UserId, userOf } from "./oauth2-user.ts";
import { createTokenKeeper } from "./token-keeper.ts";
import { type TokenSet, tokenSet } from "./token-request.ts";

export interface ArcticLoginOptions
  extends Pick<ClientOptions, "sessionKey" | "store" | "apiOrigins" | "onError" | "now"> {
  /** What events and links call this login; each provider needs its own. */
  name: string;
  /** The redirect URI that the provider was made with: the login URL. */
  redirectUri: string;
  /** `({ state, codeVerifier }) => google.createAuthorizationURL(state, codeVerifier, scopes)` */
  authorizationUrl: (secrets: { state: string; codeVerifier: string }) => URL;
  /** `({ code, codeVerifier }) => google.validateAuthorizationCode(code, codeVerifier)` */
  validateCode: (answer: { code: string; codeVerifier: string }) => Promise<OAuth2Tokens>;
  /** `(refreshToken) => google.refreshAccessToken(refreshToken)`, for providers that have it. */
  refresh?: (refreshToken: string) => Promise<OAuth2Tokens>;
  /** Asks the provider's API who that is; `null` refuses the login. */
  fetchUser: (accessToken: string, tokens: TokenSet) => Promise<Record<string, unknown> | null>;
  /** Attribute that names the user, or a function. Default `"id"`. */
  id?: UserId;
}

/** Longer, and the provider counts as unavailable. */
const TIMEOUT_MS = 5_000;

/** @throws {TypeError} That names the option. */
export function arcticLogin(options: ArcticLoginOptions): ProviderLogin {
  const { name, redirectUri, id = "id", now = Date.now } = options;
  const { refresh = noRefresh } = options;
  checkUserId(id, "id");
  const tokens = createTokenKeeper(options, {
    name,
    apiOrigin: null,
    request: async (grant) => {
      const refreshToken = grant["refresh_token"] ?? "";
      return tokenSet({ ...(await inTime(refresh(refreshToken))).data }, now());
    },
  });
  const login = codeLogin({
    name,
    redirectUri,
    formPost: false,
    onError: readOnError(options),
    issuer: async () => null,
    async begin({ state, codeVerifier }) {
      const url = options.authorizationUrl({ state, codeVerifier });
      // Some of Arctic's leave it to the caller.
      url.searchParams.set("state", state);
      return url;
    },
    async finish(code, { codeVerifier }) {
      const answer = await inTime(options.validateCode({ code, codeVerifier }));
      const set = tokenSet({ ...answer.data }, now());
      const attributes = await inTime(options.fetchUser(set.access_token, set));
      if (attributes === null) return { kind: "rejected", reason: "forbidden", view: null };
      const user = userOf(attributes, id);
      return { kind: "accepted", user, keep: await tokens.keep(user.id, set) };
    },
  });
  return { ...login, tokens, forget: tokens.forgetSession };
}

/** Arctic waits as long as the provider likes. @throws {OAuth2Error} */
async function inTime<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new OAuth2Error("ERR_PROVIDER_UNAVAILABLE", "the provider takes too long");
    timer = setTimeout(reject, TIMEOUT_MS, error);
  });
  try {
    return await Promise.race([asked, late]);
  } catch (error) {
    throw error instanceof OAuth2Error ? error : arcticError(error);
  } finally {
    clearTimeout(timer);
  }
}

async function noRefresh(): Promise<never> {
  throw new OAuth2Error("ERR_NO_TOKENS", "there is no `refresh` for this provider");
}
