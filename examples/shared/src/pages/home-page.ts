// The public page: what this site is for, what it knows about this browser, and what to try.

import { html, type SafeHtml } from "@remix-run/html-template";
import { type PageResult, page } from "./page.ts";
import { type PageUser, userSentence } from "./page-user.ts";
import { thingsToTry } from "./things-to-try.ts";

export interface HomePage {
  user: PageUser | null;
  /** How often this browser has opened this page, this time included. */
  visits: number;
  /** Where the site is, for commands to copy. Default `http://localhost:3000`. */
  origin?: string | undefined;
}

export function homePage({ user, visits, origin = "http://localhost:3000" }: HomePage): PageResult {
  return page({
    heading: "Try sessions and logins",
    place: "home",
    loggedIn: user !== null,
    body: html`<p class="lead">This small site uses Latchkey to know its visitors, to log them in and to decide
who may see what. The five steps below show how that works, and take a few minutes.</p>
<section class="state" aria-labelledby="state">
<h2 id="state">Right now</h2>
<p>${userSentence(user)}</p>
<p>${visitSentence(visits)}</p>
<p class="note">The count is kept in this browser’s session, which needs no login. Logging in keeps it.
Logging out ends the session, and the count starts again.</p>
<div class="actions">${nextSteps(user)}</div>
</section>
<h2>Things to try</h2>
${thingsToTry({ user, visits, origin })}`,
  });
}

function visitSentence(visits: number): SafeHtml {
  const times = visits === 1 ? "once" : `${visits.toLocaleString("en")} times`;
  return html`This browser has opened this page <data id="visits" value="${visits}">${times}</data>.`;
}

function nextSteps(user: PageUser | null): SafeHtml {
  return user === null
    ? html`<a class="button" href="/login">Log in</a>`
    : html`<a class="button" href="/account/sessions">My sessions</a>
<a href="/logout">Log out</a>`;
}
