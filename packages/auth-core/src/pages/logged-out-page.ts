// Confirms that the session is over, and offers the two ways on.

import { html } from "@remix-run/html-template";
import type { LoggedOutPage, Template } from "../pages.ts";
import { layout } from "./layout.ts";
import type { PageContext } from "./page-context.ts";

export function loggedOutPage(context: PageContext): Template<LoggedOutPage> {
  const { texts } = context;
  return ({ loginUrl, next }) =>
    layout(context, {
      heading: texts.loggedOutTitle,
      body: html`<p>${texts.loggedOutMessage}</p>
<div class="actions"><a class="button" href="${loginUrl}">${texts.loginAgain}</a>
<a href="${next}">${texts.continue}</a></div>`,
    });
}
