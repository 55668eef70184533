// The document around every default page.

import { html, type SafeHtml } from "@remix-run/html-template";
import { keyMark } from "./marks.ts";
import type { PageContext } from "./page-context.ts";
import { pageStyle } from "./style.ts";

export interface PageContent {
  /** The one heading, and the start of the document's title. */
  heading: string;
  /** Says so in the title: the first thing that a screen reader reads. */
  failed?: boolean;
  body: SafeHtml;
}

export function layout(context: PageContext, content: PageContent): string {
  const { appName, lang, dir, texts } = context;
  const { heading, failed = false, body } = content;
  const title = [failed ? `${texts.error}: ${heading}` : heading, appName]
    .filter((part) => part !== null)
    .join(" · ");
  return String(html`<!doctype html>
<html lang="${lang}" dir="${dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${html.raw`${pageStyle}`}</style>
</head>
<body>
${appName === null ? null : html`<header>${appName}</header>`}
<main>
${keyMark}
<h1>${heading}</h1>
${body}
</main>
</body>
</html>
`);
}
