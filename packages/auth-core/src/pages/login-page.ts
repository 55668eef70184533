// The form of a login method, with what went wrong the last time.

import { html, type SafeHtml } from "@remix-run/html-template";
import type { LoginField, LoginLink } from "../login-method.ts";
import type { LoginErrorCode, LoginPage, Template } from "../pages.ts";
import { captchaField } from "./captcha-field.ts";
import { hiddenFields } from "./hidden-fields.ts";
import { layout } from "./layout.ts";
import { lifetimeField } from "./lifetime-field.ts";
import { alertMark } from "./marks.ts";
import type { PageContext } from "./page-context.ts";

export function loginPage(context: PageContext): Template<LoginPage> {
  return (page) => {
    const { view, error, csrf, next, lifetime, captcha, action } = page;
    const focused = fieldToFocus(view.fields);
    const fields = view.fields.map((field, index) => {
      const atFault = error !== null && blamesFields(error.code);
      return loginField(field, {
        id: `field-${index + 1}`,
        focused: field === focused,
        atFault,
        // An alert that is there from the start is not read out everywhere; a description of the
        // focused field is.
        described: atFault || (error !== null && field === focused),
      });
    });
    return layout(context, {
      heading: view.title,
      failed: error !== null,
      body: html`${error && errorSummary(error.message)}
${view.message === undefined ? null : html`<p>${view.message}</p>`}
${
  view.submit === null
    ? null
    : html`<form method="post" action="${action}">
${hiddenFields(csrf, next, ...(view.hidden ?? []))}
${fields}
${lifetime && lifetimeField(context, lifetime)}
${captcha && captchaField(context, captcha)}
<button>${view.submit}</button>
</form>`
}
${linkRow(view.links ?? [])}`,
    });
  };
}

function linkRow(links: readonly LoginLink[]): SafeHtml | null {
  if (links.length === 0) return null;
  const all = links.map(
    ({ label, url }) => html`<a href="${url}">${label}</a>
`,
  );
  return html`<div class="actions">
${all}</div>`;
}

function errorSummary(message: string): SafeHtml {
  return html`<div class="alert" role="alert">${alertMark}<p id="error">${message}</p></div>`;
}

interface FieldState {
  id: string;
  focused: boolean;
  atFault: boolean;
  described: boolean;
}

function loginField(field: LoginField, state: FieldState): SafeHtml {
  const { name, label, type, autocomplete, inputMode, hint } = field;
  const value = type === "password" ? "" : (field.value ?? "");
  return html`<div class="field">
<label for="${state.id}">${label}</label>
<input id="${state.id}" name="${name}" type="${type}" autocomplete="${autocomplete}" value="${value}"
 autocapitalize="none" spellcheck="false"${[
   state.atFault ? html` aria-invalid="true"` : null,
   describedBy(state, hint),
   inputMode === undefined ? null : html` inputmode="${inputMode}"`,
   state.focused ? html` autofocus` : null,
 ]}>
${hint === undefined ? null : html`<p class="hint" id="${state.id}-hint">${hint}</p>`}
</div>
`;
}

function describedBy(state: FieldState, hint: string | undefined): SafeHtml | null {
  const ids = [
    ...(state.described ? ["error"] : []),
    ...(hint === undefined ? [] : [`${state.id}-hint`]),
  ];
  return ids.length === 0 ? null : html` aria-describedby="${ids.join(" ")}"`;
}

/** The first field that is still to be filled in; a password always is. */
function fieldToFocus(fields: LoginField[]): LoginField | null {
  const empty = fields.find((field) => field.type === "password" || !field.value);
  return empty ?? fields[0] ?? null;
}

/** Whether the visitor can mend it by typing something else. */
function blamesFields(code: LoginErrorCode): boolean {
  switch (code) {
    case "invalid-credentials":
    case "wrong-code":
    case "bad-request":
    case "invalid-input":
      return true;
    case "expired":
    case "forbidden":
    case "busy":
    case "unavailable":
    case "not-sent":
    case "not-ended":
    case "throttled":
    case "expired-form":
    case "captcha-failed":
    case "action-failed":
      return false;
  }
}
