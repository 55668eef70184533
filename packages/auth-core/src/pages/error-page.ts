// Anything that went wrong outside a form, e.g. a failing store or a login that took too long.

import { html } from "@remix-run/html-template";
import type { ErrorPage, Template } from "../pages.ts";
import { layout } from "./layout.ts";
import type { PageContext } from "./page-context.ts";

export function errorPage(context: PageContext): Template<ErrorPage> {
  const { texts } = context;
  return ({ status, title, message }) =>
    layout(context, {
      heading: title,
      failed: true,
      body: html`<p>${message}</p>
${passes(status) ? html`<div class="actions"><a class="button" href="">${texts.tryAgain}</a></div>` : null}
<p class="status">${texts.status.replace("{status}", () => String(status))}</p>`,
    });
}

/** Whether asking for the same page again can help; a refused request is refused again. */
function passes(status: number): boolean {
  return status === 429 || status === 503;
}
