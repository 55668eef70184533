export { type ArcticLoginOptions, arcticLogin } from "./arctic-login.ts";
export type { ClientOptions } from "./client-options.ts";
export type { EndSessionRequest } from "./end-session.ts";
export { type LinkAnswer, type LinkQuestion, mayLink } from "./link.ts";
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
export { type EntraLoginOptions, entraLogin } from "./providers/entra.ts";
export { facebookLogin } from "./providers/facebook.ts";
export { githubLogin } from "./providers/github.ts";
export { type GitlabLoginOptions, gitlabLogin } from "./providers/gitlab.ts";
export { type GoogleLoginOptions, googleLogin } from "./providers/google.ts";
export { instagramLogin } from "./providers/instagram.ts";
export { linkedinLogin } from "./providers/linkedin.ts";
export type { Endpoints, NamedLoginOptions } from "./providers/named-login.ts";
export { type SalesforceLoginOptions, salesforceLogin } from "./providers/salesforce.ts";
export {
  type StackOverflowLoginOptions,
  stackOverflowLogin,
} from "./providers/stack-overflow.ts";
export { twitterLogin } from "./providers/twitter.ts";
export type { TokenKeeper } from "./token-keeper.ts";
export type { ClientAuth, TokenSet } from "./token-request.ts";
