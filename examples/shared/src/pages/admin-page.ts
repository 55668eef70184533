// For the role admin.

import { html } from "@remix-run/html-template";
import { type PageResult, page } from "./page.ts";
import { type PageUser, userSentence } from "./page-user.ts";

export function adminPage({ user }: { user: PageUser }): PageResult {
  return page({
    heading: "Admin",
    place: "admin",
    loggedIn: true,
    body: html`<p class="lead">${userSentence(user)} Only that role may see this page.</p>
<p>A member is refused with 403 and told which role is missing; a program gets the same as problem+json. Whoever
isn’t logged in is asked to log in first.</p>
<h2>What next</h2>
<ul>
<li><a href="/logout">Log out</a>, log in as a member and open <a href="/admin">Admin</a> again.</li>
<li>See where you are logged in under <a href="/account/sessions">My sessions</a>.</li>
</ul>`,
  });
}
