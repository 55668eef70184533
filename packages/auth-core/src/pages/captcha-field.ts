// The captcha of a login form: the only thing for which a default page runs a script.

import { createHash } from "node:crypto";
import { html, type SafeHtml } from "@remix-run/html-template";
import type { CaptchaView } from "../captcha/captcha.ts";
import type { PageContext } from "./page-context.ts";

// A token of reCAPTCHA v3 lives for two minutes, so it is asked for when the form is sent. Going back
// in the browser must not send the old one again. Without the vendor's script, the server says no.
const askAtSubmit = `(() => {
const field = document.querySelector("[data-captcha]");
const { form, dataset } = field;
addEventListener("pageshow", () => { field.value = ""; });
form.addEventListener("submit", (event) => {
if (!window.grecaptcha) return;
event.preventDefault();
grecaptcha.ready(() => {
grecaptcha.execute(dataset.sitekey, { action: dataset.action })
.then((token) => { field.value = token; }, () => {})
.then(() => form.submit());
});
});
})()`;

/** `sha256-…`, to be quoted in `script-src`. @see https://www.w3.org/TR/CSP3/#grammardef-hash-source */
export const captchaScriptHash: string = `sha256-${createHash("sha256").update(askAtSubmit).digest("base64")}`;

export function captchaField({ texts }: PageContext, captcha: CaptchaView): SafeHtml {
  const { field, siteKey, action, script, widget } = captcha;
  const data = html` data-sitekey="${siteKey}"${action === null ? null : html` data-action="${action}"`}`;
  return html`<noscript><p>${texts.captchaNeedsScript}</p></noscript>
${
  widget === null
    ? html`<input type="hidden" name="${field}" data-captcha${data}>
<script>${html.raw`${askAtSubmit}`}</script>`
    : html`<div class="field ${widget}"${data}></div>`
}
<script src="${script}" async defer></script>`;
}
