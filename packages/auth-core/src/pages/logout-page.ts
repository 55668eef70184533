// Asks before it logs out, so that a link or an image somewhere can't.

import { html } from "@remix-run/html-template";
import type { LogoutPage, Template } from "../pages.ts";
import { hiddenFields } from "./hidden-fields.ts";
import { layout } from "./layout.ts";
import type { PageContext } from "./page-context.ts";
import { userSentence } from "./user-sentence.ts";

export function logoutPage(context: PageContext): Template<LogoutPage> {
  const { texts } = context;
  return ({ userId, csrf, next, action }) =>
    layout(context, {
      heading: texts.logoutTitle,
      body: html`${userSentence(context, userId)}
<form method="post" action="${action}">
${hiddenFields(csrf, next)}
<div class="actions"><button>${texts.logout}</button>
<a href="${next.value || "/"}">${texts.logoutCancel}</a></div>
</form>`,
    });
}
