// 404: the address leads nowhere.

import { html } from "@remix-run/html-template";
import { type PageResult, page } from "./page.ts";

/** To be sent with status 404. */
export function notFoundPage(): PageResult {
  return page({
    heading: "There is no such page",
    place: null,
    loggedIn: null,
    body: html`<p class="lead">The address may be mistyped, or the link is wrong.</p>
<div class="actions"><a class="button" href="/">Go to the home page</a></div>
<p class="note">Error 404</p>`,
  });
}
