// Asks before it logs out, so that a link or an image somewhere can't.

import { html } from "@remix-run/html-template";
import type { LogoutPage, Template } from "../pages.ts";
import { hiddenFields } from "./hidden-fields.ts";
import { layout } from "./layout.ts";
import type { PageContext } from "./page-context.ts";
import { userSentence } from "./user-sentence.ts";

export function logoutPage(context: PageContext): Template<LogoutPage> {
  const { texts } = context;
  return ({ userKey, userId, csrf, next, action }) =>
    layout(context, {
      heading: userKey === undefined ? texts.logoutTitle : texts.unlinkTitle,
      body: html`${userSentence(context, userId)}
<form method="post" action="${action}">
${hiddenFields(csrf, next)}
<div class="actions"><button>${userKey === undefined ? texts.logout : texts.unlink}</button>
<a href="${next.value || "/"}">${userKey === undefined ? texts.logoutCancel : texts.unlinkCancel}</a></div>
</form>`,
    });
}
