// The two fields that every form carries: the CSRF token and the page to go to afterwards.

import { html, type SafeHtml } from "@remix-run/html-template";
import type { HiddenField } from "../login-method.ts";

export function hiddenFields(...fields: HiddenField[]): SafeHtml {
  return html`${fields.map(
    (field) => html`<input type="hidden" name="${field.name}" value="${field.value}">
`,
  )}`;
}
