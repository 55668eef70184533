export type { AttributeRule, RuleTable } from "./attribute-rules.ts";
export {
  type AuditCell,
  type AuditColumns,
  type AuditTable,
  auditColumns,
  auditTo,
  eventLine,
} from "./audit.ts";
export type { AuthEvent, AuthEventKind } from "./auth-event.ts";
export type { Authentication, Authenticator } from "./authenticator.ts";
export type {
  Captcha,
  CaptchaClient,
  CaptchaOptions,
  CaptchaSources,
  CaptchaView,
} from "./captcha/captcha.ts";
export { hcaptcha } from "./captcha/hcaptcha.ts";
export { type RecaptchaOptions, recaptcha } from "./captcha/recaptcha.ts";
export { type TurnstileOptions, turnstile } from "./captcha/turnstile.ts";
export { wantsJson } from "./client-kind.ts";
export {
  type Client,
  type Connection,
  createClientReader,
  lastOf,
  type TrustProxy,
} from "./client-reader.ts";
export { CSRF_FIELD, sentCsrfToken } from "./csrf-field.ts";
export { type DenialOptions, forbiddenReply, forgedReply, loginRequiredReply } from "./denial.ts";
export { faultReply, faultStatus } from "./fault-reply.ts";
export {
  createFlowContext,
  type FlowContext,
  type FlowContextOptions,
  type FlowRequest,
} from "./flow-context.ts";
export type { GuardPlace } from "./guard.ts";
export type { GuardOptions } from "./guard-options.ts";
export type { ChosenLifetime } from "./lifetime-choice.ts";
export { unlinkUser } from "./linked-user.ts";
export { createLoginFlow, type LoginFlow } from "./login-flow.ts";
export type {
  Accepted,
  Answered,
  BegunSession,
  HiddenField,
  LoginField,
  LoginLink,
  LoginMethod,
  LoginRequest,
  LoginStep,
  LoginView,
  Rejected,
  RejectReason,
  Remembered,
  SessionOfUser,
} from "./login-method.ts";
export type { LoginEvent, LoginOptions } from "./login-options.ts";
export { createLogoutFlow, type LogoutFlow, type LogoutOptions } from "./logout-flow.ts";
export type { LogoutInfo, LogoutProvider } from "./logout-provider.ts";
export type { LookupOptions, LookupTable } from "./lookup.ts";
export {
  createMessageLimit,
  type MessageLimit,
  type MessageLimitOptions,
} from "./message-limit.ts";
export { plainAddress } from "./network.ts";
export { type NextOptions, safeUrl } from "./next-url.ts";
export { defaultPages } from "./pages/default-pages.ts";
export type { PageOptions } from "./pages/page-context.ts";
export { pageSecurityHeaders } from "./pages/security-headers.ts";
export { pageStyleHash } from "./pages/style.ts";
export { type TemplateFileOptions, templateFile } from "./pages/template-file.ts";
export type { PageTexts } from "./pages/texts.ts";
export type {
  ErrorPage,
  ForbiddenPage,
  LifetimeChoice,
  LoggedOutPage,
  LoginErrorCode,
  LoginPage,
  LogoutPage,
  Pages,
  Template,
} from "./pages.ts";
export { BODY_LIMIT, type BodyKind, bodyKind, parseBody, UNREADABLE } from "./parse-body.ts";
export { type PasswordFields, passwordView, readPasswordField } from "./password-form.ts";
export {
  LoginRefusal,
  type Prepare,
  type PrepareRequest,
  type RefusalReason,
} from "./prepare-fields.ts";
export { type AnswerHeaders, privateCache, sayPrivate, settleCache } from "./private-cache.ts";
export { type Headers, problemReply } from "./reply.ts";
export { createRequestAuth, type RequestAuth, type RequestAuthOptions } from "./request-auth.ts";
export { RequestState } from "./request-state.ts";
export { safeOnError } from "./safe-on-error.ts";
export { createSingleUseTokens, newToken, type SingleUseTokens } from "./single-use-tokens.ts";
export type { ThrottleOptions } from "./throttle.ts";
