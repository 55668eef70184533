// reCAPTCHA v3: asks the visitor nothing, and scores how likely it is a person.

import { type Captcha, type CaptchaOptions, checkCaptchaOptions } from "./captcha.ts";
import { siteVerify } from "./site-verify.ts";

export interface RecaptchaOptions extends CaptchaOptions {
  /** What the token is for: letters, digits, `/` and `_`. Default `'login'`. */
  action?: string;
  /** The lowest score that may log in, from 0 (a program) to 1 (a person). Default 0.5. */
  score?: number;
}

/**
 * reCAPTCHA v3 by Google.
 *
 * @throws {TypeError} That names the option.
 * @see https://developers.google.com/recaptcha/docs/v3
 */
export function recaptcha(options: RecaptchaOptions): Captcha {
  checkCaptchaOptions("recaptcha", options);
  const { siteKey, secret, hostnames, action = "login", score = 0.5 } = options;
  const { verifyUrl: url = "https://www.google.com/recaptcha/api/siteverify" } = options;
  if (!/^[A-Za-z0-9/_]+$/.test(action)) {
    throw new TypeError("recaptcha: action may hold letters, digits, / and _ only");
  }
  if (!(score >= 0 && score <= 1)) throw new TypeError("recaptcha: score must be from 0 to 1");
  return {
    view: {
      field: "recaptcha",
      siteKey,
      action,
      script: `https://www.google.com/recaptcha/api.js?render=${encodeURIComponent(siteKey)}`,
      widget: null,
      sources: {
        script: ["https://www.google.com/recaptcha/", "https://www.gstatic.com/recaptcha/"],
        frame: ["https://www.google.com/recaptcha/", "https://recaptcha.google.com/recaptcha/"],
        connect: ["https://www.google.com/recaptcha/"],
        style: [],
      },
    },
    async verify(token, client) {
      const answer = await siteVerify({ url, secret, token, client, hostnames });
      if (answer === null || answer["action"] !== action) return false;
      return typeof answer["score"] === "number" && answer["score"] >= score;
    },
  };
}
