// Turnstile: decides by itself, and rarely asks for a click.

import { type Captcha, type CaptchaOptions, checkCaptchaOptions } from "./captcha.ts";
import { siteVerify } from "./site-verify.ts";

export interface TurnstileOptions extends CaptchaOptions {
  /** What the token is for: up to 32 letters, digits, `_` and `-`. Default `'login'`. */
  action?: string;
}

/**
 * Turnstile by Cloudflare.
 *
 * @throws {TypeError} That names the option.
 * @see https://developers.cloudflare.com/turnstile
 */
export function turnstile(options: TurnstileOptions): Captcha {
  checkCaptchaOptions("turnstile", options);
  const { siteKey, secret, hostnames, action = "login" } = options;
  const { verifyUrl: url = "https://challenges.cloudflare.com/turnstile/v0/siteverify" } = options;
  if (!/^[\w-]{1,32}$/.test(action)) {
    throw new TypeError("turnstile: action may hold up to 32 letters, digits, _ and - only");
  }
  const origins = ["https://challenges.cloudflare.com"];
  return {
    view: {
      field: "cf-turnstile-response",
      siteKey,
      action,
      script: "https://challenges.cloudflare.com/turnstile/v0/api.js",
      widget: "cf-turnstile",
      sources: { script: origins, frame: origins, connect: origins, style: [] },
    },
    async verify(token, client) {
      const answer = await siteVerify({ url, secret, token, client, hostnames });
      return answer !== null && answer["action"] === action;
    },
  };
}
