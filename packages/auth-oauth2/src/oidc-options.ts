// The options of a login by OpenID Connect.

import type { LoginRequest } from "@latchkey/auth-core";
import type { Duration } from "@latchkey/session-core";
import type { ClientOptions } from "./client-options.ts";
import type { UserId } from "./oauth2-user.ts";

export interface OidcLoginOptions extends ClientOptions {
  /** What events and links call this login; each provider needs its own. Default `"oidc"`. */
  name?: string;
  /** The provider's name for itself, to the letter: `https://accounts.example.com`. */
  issuer: string;
  /** Default `["openid", "profile", "email"]`; `openid` is always asked for. */
  scope?: readonly string[];
  /** What the provider should ask: `"login"`, `"select_account"`, `"consent"`, `"none"`. */
  prompt?: string;
  /** How long ago the visitor may have proven who they are. Checked. Default: any time. */
  maxAge?: Duration;
  /** How they must have proven it: one of these `acr` values. Checked. Default: any. */
  acr?: readonly string[];
  /** More parameters, or what makes them of the request, e.g. a `login_hint`. */
  params?: Params | ((request: LoginRequest) => Params);
  /** How the answer comes. `form_post` keeps the code out of addresses; it needs https. Default `"query"`. */
  responseMode?: "query" | "form_post";
  /**
   * Claim that names the user, or a function of all claims. As `"email"` it must be verified, or the
   * login is refused. Default `"sub"`.
   */
  id?: UserId;
  /** Rewrites the claims; `null` refuses the login. May be async. */
  user?: (claims: Record<string, unknown>) => MaybeClaims | Promise<MaybeClaims>;
  /** Whether the provider is also asked for its user information. Default: if it has any. */
  userInfo?: boolean;
  /** What ID tokens may be signed with. HS256 and the like need a long `clientSecret`. Default: RS, PS, ES, EdDSA. */
  algorithms?: readonly string[];
  /** How much clocks may differ, at most a minute. Default `"30s"`. */
  clockTolerance?: Duration;
  discovery?: {
    /** How old the provider's metadata may get. Default `"1h"`. */
    cacheFor?: Duration;
    /** Origins of internal addresses that the metadata may name; the issuer's own always may. */
    trustedOrigins?: readonly string[];
  };
  /** Lets the provider end sessions, by a POST to the login URL. Needs `store`. Default `false`. */
  backChannelLogout?: boolean;
  /** Lets the provider's pages end sessions, by the login URL in a frame. Needs `store`. Default `false`. */
  frontChannelLogout?: boolean;
  /**
   * Where the provider sends the browser after a logout that went on there; registered with it.
   * Default: the logout's own address.
   */
  postLogoutRedirectUri?: string;
}

type Params = Readonly<Record<string, string>>;
type MaybeClaims = Record<string, unknown> | null;
