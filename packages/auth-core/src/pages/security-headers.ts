// The headers that the default pages are sent with.

import { pageStyleHash } from "./style.ts";

/**
 * Headers for a reply that holds a default page. An application's own template needs a policy of its own:
 * this one allows nothing but the default pages' stylesheet.
 *
 * @param formActions Origins beside the page's own that a form may end up at. Chromium also holds redirects
 * after a POST to this list, so name the identity provider that the login redirects to.
 * @throws {TypeError} when an entry could start another directive.
 * @see https://www.w3.org/TR/CSP3/
 */
export function pageSecurityHeaders(
  formActions: readonly string[] = [],
): [name: string, value: string][] {
  for (const source of formActions) {
    if (!/^[^\s;,']+$/.test(source)) {
      throw new TypeError(`pageSecurityHeaders: formActions has an invalid source "${source}"`);
    }
  }
  const policy = [
    "default-src 'none'",
    `style-src '${pageStyleHash}'`,
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
