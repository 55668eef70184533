// hCaptcha: a box to tick, and sometimes pictures to choose from.

import { type Captcha, type CaptchaOptions, checkCaptchaOptions } from "./captcha.ts";
import { siteVerify } from "./site-verify.ts";

/**
 * hCaptcha.
 *
 * @throws {TypeError} That names the option.
 * @see https://docs.hcaptcha.com
 */
export function hcaptcha(options: CaptchaOptions): Captcha {
  checkCaptchaOptions("hcaptcha", options);
  const { siteKey, secret, hostnames } = options;
  const { verifyUrl: url = "https://api.hcaptcha.com/siteverify" } = options;
  const origins = ["https://hcaptcha.com", "https://*.hcaptcha.com"];
  return {
    view: {
      field: "h-captcha-response",
      siteKey,
      action: null,
      script: "https://js.hcaptcha.com/1/api.js",
      widget: "h-captcha",
      sources: { script: origins, frame: origins, connect: origins, style: origins },
    },
    async verify(token, client) {
      // A token of another site of the same account is none of ours.
      const more = { sitekey: siteKey };
      return (await siteVerify({ url, secret, token, client, hostnames, more })) !== null;
    },
  };
}
