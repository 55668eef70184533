export type { CodeLoginOptions } from "./code-login-options.ts";
export { type EmailCodeLoginOptions, type EmailUser, emailCodeLogin } from "./email-code-login.ts";
