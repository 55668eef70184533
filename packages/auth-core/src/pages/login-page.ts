// The form of a login method, with what went wrong the last time.

import { html, type SafeHtml } from "@remix-run/html-template";
import type { LoginField } from "../login-method.ts";
import type { LoginErrorCode, LoginPage, Template } from "../pages.ts";
import { hiddenFields } from "./hidden-fields.ts";
import { layout } from "./layout.ts";
import { lifetimeField } from "./lifetime-field.ts";
import { alertMark } from "./marks.ts";
import type { PageContext } from "./page-context.ts";

export function loginPage(context: PageContext): Template<LoginPage> {
  return (page) => {
    const { view, error, csrf, next, lifetime, action } = page;
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
<form method="post" action="${action}">
${hiddenFields(csrf, next)}
${fields}
${lifetime && lifetimeField(context, lifetime)}
<button>${view.submit}</button>
</form>`,
    });
  };
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
  const { name, label, type, autocomplete } = field;
  const value = type === "password" ? "" : (field.value ?? "");
  return html`<div class="field">
<label for="${state.id}">${label}</label>
<input id="${state.id}" name="${name}" type="${type}" autocomplete="${autocomplete}" value="${value}"
 autocapitalize="none" spellcheck="false"${[
   state.atFault ? html` aria-invalid="true"` : null,
   state.described ? html` aria-describedby="error"` : null,
   state.focused ? html` autofocus` : null,
 ]}>
</div>
`;
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
    case "bad-request":
      return true;
    case "forbidden":
    case "busy":
    case "throttled":
    case "expired-form":
    case "action-failed":
      return false;
  }
}
