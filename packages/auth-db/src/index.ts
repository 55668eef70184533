export type {
  AccountOptions,
  ChangeOptions,
  ForgotOptions,
  SignupOptions,
} from "./account/account-options.ts";
export { type DbLogin, dbLogin } from "./db-login.ts";
export type { DbLoginOptions } from "./db-login-options.ts";
export type { DbUser } from "./db-user.ts";
export { HashError, type HashErrorCode } from "./hash-error.ts";
export type { HashLoad } from "./hash-queue.ts";
export {
  createPasswordHasher,
  type PasswordHasher,
  type PasswordHasherOptions,
  sharedPasswordHasher,
  type Verification,
} from "./password-hasher.ts";
export {
  createPasswordRules,
  type PasswordRuleOptions,
  type PasswordRules,
} from "./password-rules.ts";
