export { type DbUser, dbLogin } from "./db-login.ts";
export type { DbLoginOptions } from "./db-login-options.ts";
export { HashError, type HashErrorCode } from "./hash-error.ts";
export type { HashLoad } from "./hash-queue.ts";
export {
  createPasswordHasher,
  type PasswordHasher,
  type PasswordHasherOptions,
  sharedPasswordHasher,
  type Verification,
} from "./password-hasher.ts";
