// For everyone who is logged in.

import { html } from "@remix-run/html-template";
import { type PageResult, page } from "./page.ts";
import { type PageUser, userSentence } from "./page-user.ts";

export function membersPage({ user }: { user: PageUser }): PageResult {
  return page({
    heading: "Members",
    place: "members",
    loggedIn: true,
    body: html`<p class="lead">${userSentence(user)} Being logged in is all that this page asks for.</p>
<p>A browser that isn’t logged in is sent to the login form, and comes back here afterwards. A program gets 401
and no page.</p>
<h2>What next</h2>
<ul>
<li>${
      user.role === "admin"
        ? html`Open <a href="/admin">Admin</a>: your role allows it.`
        : html`Open <a href="/admin">Admin</a>: it needs the role <code>admin</code> and says so.`
    }</li>
<li>See where you are logged in under <a href="/account/sessions">My sessions</a>.</li>
<li><a href="/logout">Log out</a>, then open <a href="/members">Members</a> again.</li>
</ul>`,
  });
}
