// What every page function returns, and the document and headers around its content.

import { html, type SafeHtml } from "@remix-run/html-template";
import { keyMark } from "./key-mark.ts";
import { type Place, siteHeader } from "./site-header.ts";
import { pageStyle, pageStyleHash } from "./style.ts";

/** A whole HTML document and the headers to send it with; the framework adds the status. */
export interface PageResult {
  html: string;
  headers: [name: string, value: string][];
}

export interface PageContent {
  /** The one heading, and the start of the document's title. */
  heading: string;
  /** Which link of the navigation leads here. */
  place: Place | null;
  /** `null` where the page doesn't know. */
  loggedIn: boolean | null;
  body: SafeHtml;
  /** Another site's top. Default: that of the example app. */
  header?: SafeHtml;
}

export function page(content: PageContent): PageResult {
  const { heading, place, loggedIn, body, header = siteHeader(place, loggedIn) } = content;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading} · Latchkey example</title>
<style>${html.raw`${pageStyle}`}</style>
</head>
<body>
${header}
<main id="content" tabindex="-1">
${keyMark}
<h1>${heading}</h1>
${body}
</main>
</body>
</html>
`;
  return { html: String(document), headers: pageHeaders() };
}

function pageHeaders(): PageResult["headers"] {
  const policy = [
    "default-src 'none'",
    `style-src '${pageStyleHash}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return [
    ["Content-Type", "text/html; charset=utf-8"],
    ["Content-Security-Policy", policy],
    ["X-Content-Type-Options", "nosniff"],
    // The CSRF check reads the Origin of a form, and `no-referrer` would turn that into `null`.
    ["Referrer-Policy", "same-origin"],
    // Every page depends on who asks, and "back" after a logout must not show what was there.
    ["Cache-Control", "no-store"],
  ];
}
