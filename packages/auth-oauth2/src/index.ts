export type { ClientOptions } from "./client-options.ts";
export { type EndSessionRequest, isFrontChannelLogout } from "./end-session.ts";
export { OAuth2Error, type OAuth2ErrorCode } from "./oauth2-error.ts";
export {
  type OAuth2LoginOptions,
  oauth2Login,
  type ProviderLogin,
  type UserInfoOptions,
} from "./oauth2-login.ts";
export type { OAuth2User, UserId } from "./oauth2-user.ts";
export { type OidcLogin, oidcLogin } from "./oidc-login.ts";
export type { OidcLoginOptions } from "./oidc-options.ts";
export type { TokenKeeper } from "./token-keeper.ts";
export type { ClientAuth, TokenSet } from "./token-request.ts";
