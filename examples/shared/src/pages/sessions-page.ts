// My sessions: where one is logged in, and the forms that end a login elsewhere.

import { html, type SafeHtml } from "@remix-run/html-template";
import { type PageResult, page } from "./page.ts";
import { type CsrfField, csrfInput, type ListedSession, sessionTable } from "./session-table.ts";

export interface SessionsPage {
  /** The user's sessions, in the order to show them; this browser's own comes first anyway. */
  sessions: readonly ListedSession[];
  /** The id of this browser's session. */
  currentId: string;
  csrf: CsrfField;
  /** Epoch milliseconds. */
  now: number;
}

export function sessionsPage({ sessions, currentId, csrf, now }: SessionsPage): PageResult {
  const own = sessions.filter(({ id }) => id === currentId);
  const others = sessions.filter(({ id }) => id !== currentId);
  return page({
    heading: "My sessions",
    place: "sessions",
    loggedIn: true,
    body:
      sessions.length === 0
        ? nothingListed
        : html`<p class="lead">${summary(others.length)}</p>
${sessionTable({ sessions: [...own, ...others], currentId, csrf, now })}
${others.length === 0 ? nowhereElse : endOthers(csrf)}`,
  });
}

function summary(others: number): string {
  if (others === 0) return "You are logged in here and nowhere else.";
  const places = others === 1 ? "one other place" : `${others} other places`;
  return `You are logged in here and in ${places}. If you don’t recognise one, end it: whoever uses it is logged out at once.`;
}

function endOthers(csrf: CsrfField): SafeHtml {
  return html`<form class="actions" method="post" action="/account/sessions/revoke-others">
${csrfInput(csrf)}<button class="quiet">End all other sessions</button>
</form>`;
}

const nowhereElse = html`<p class="note">Log in with another browser too, or in a private window, and reload this
page: you can then end that session from here.</p>`;

const nothingListed = html`<p class="lead">The server has no list of your sessions.</p>
<p>That is so with <code>STORE=cookie:</code>, where every browser keeps its own session. With any other store this
page shows where you are logged in and can end each session. This browser’s own you can end in any case.</p>
<div class="actions"><a class="button" href="/logout">Log out</a><a href="/">Home</a></div>`;
