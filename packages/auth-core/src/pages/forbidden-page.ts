// 403: says what is missing and to whom, and offers another login.

import { html, type SafeHtml } from "@remix-run/html-template";
import type { ForbiddenPage, Template } from "../pages.ts";
import { layout } from "./layout.ts";
import type { PageContext } from "./page-context.ts";
import { userSentence } from "./user-sentence.ts";

export function forbiddenPage(context: PageContext): Template<ForbiddenPage> {
  const { texts } = context;
  return ({ userId, reasons, loginUrl, logoutUrl }) =>
    layout(context, {
      heading: texts.forbiddenTitle,
      body: html`${missing(reasons)}
${userSentence(context, userId)}
<p>${texts.forbiddenHelp}</p>
<div class="actions">${
        userId === null
          ? html`<a class="button" href="${loginUrl}">${texts.login}</a>`
          : html`<a class="button" href="${loginUrl}">${texts.loginAsSomeoneElse}</a>
<a href="${logoutUrl}">${texts.logout}</a>`
      }</div>`,
    });
}

function missing(reasons: string[]): SafeHtml | null {
  if (reasons.length === 0) return null;
  if (reasons.length === 1) return html`<p>${reasons}</p>`;
  return html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`;
}
