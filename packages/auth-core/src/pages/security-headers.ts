// The headers that the default pages are sent with.

import type { CaptchaView } from "../captcha/captcha.ts";
import { captchaScriptHash } from "./captcha-field.ts";
import { pageStyleHash } from "./style.ts";

/**
 * Headers for a reply that holds a default page. An application's own template needs a policy of its own:
 * this one allows nothing but the default pages' stylesheet.
 *
 * @param formActions Origins beside the page's own that a form may end up at. Chromium also holds redirects
 * after a POST to this list, so name the identity provider that the login redirects to.
 * @param captcha What the page shows of a captcha: its vendor's origins are allowed, and nothing else is.
 * @throws {TypeError} when an entry could start another directive.
 * @see https://www.w3.org/TR/CSP3/
 */
export function pageSecurityHeaders(
  formActions: readonly string[] = [],
  captcha: CaptchaView | null = null,
): [name: string, value: string][] {
  for (const source of formActions) {
    if (!/^[^\s;,']+$/.test(source)) {
      throw new TypeError(`pageSecurityHeaders: formActions has an invalid source "${source}"`);
    }
  }
  const policy = [
    "default-src 'none'",
    ...captchaPolicy(captcha),
    [`style-src '${pageStyleHash}'`, ...(captcha?.sources.style ?? [])].join(" "),
    ["form-action 'self'", ...formActions].join(" "),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return [
    ["Content-Security-Policy", policy],
    ["X-Content-Type-Options", "nosniff"],
    // The login flow reads the Referer of its own origin, and `no-referrer` would also turn the
    // Origin of a form into `null`. Other origins learn nothing.
    ["Referrer-Policy", "same-origin"],
    ["Cache-Control", "no-store"],
    // For browsers without frame-ancestors.
    ["X-Frame-Options", "DENY"],
    ["Cross-Origin-Opener-Policy", "same-origin"],
  ];
}

function captchaPolicy(captcha: CaptchaView | null): string[] {
  if (captcha === null) return [];
  const { script, frame, connect } = captcha.sources;
  const own = captcha.widget === null ? [`'${captchaScriptHash}'`] : [];
  return [
    ["script-src", ...own, ...script].join(" "),
    ["frame-src", ...frame].join(" "),
    ["connect-src", ...connect].join(" "),
  ];
}
