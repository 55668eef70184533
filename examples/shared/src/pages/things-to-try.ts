// The steps of the public page. Each can be done by hand in a minute and shows one thing Latchkey does.

import { html, type SafeHtml } from "@remix-run/html-template";
import type { PageUser } from "./page-user.ts";

interface Situation {
  user: PageUser | null;
  visits: number;
  origin: string;
}

export function thingsToTry({ user, visits, origin }: Situation): SafeHtml {
  const steps: [title: string, text: SafeHtml][] = [
    ["Log in", logIn(user)],
    ["Restart the server", restart],
    ["Write in parallel", parallelWrites(visits, origin)],
    ["Log in twice", logInTwice],
    ["Ask as a program", askAsProgram],
  ];
  return html`<ol class="steps">
${steps.map(
  ([title, text]) => html`<li><h3>${title}</h3>
<div>${text}</div></li>
`,
)}</ol>`;
}

/** What the two guarded pages do for whoever is here now. */
function logIn(user: PageUser | null): SafeHtml {
  const members = html`<a href="/members">Members</a>`;
  const admin = html`<a href="/admin">Admin</a>`;
  if (user === null) {
    return html`<p><a href="/login">Log in</a> as a member, later as an admin. The server printed both
passwords in its terminal when it first started, unless <code>SEED_USERS</code> set them.</p>
<p>${members} is for everyone who is logged in, ${admin} for the role <code>admin</code>. Open one
now and you are asked to log in, and then sent on to it.</p>`;
  }
  if (user.role === "admin") {
    return html`<p>As an admin you can open both ${members} and ${admin}. <a href="/logout">Log out</a> and log
in as a member: Admin is then refused, and says what is missing.</p>`;
  }
  return html`<p>As a member you can open ${members}. ${admin} is refused, and says what is missing.
<a href="/logout">Log out</a> and log in as an admin to open it.</p>`;
}

const restart = html`<p>Stop the server with <kbd>Ctrl</kbd>+<kbd>C</kbd>, start it again and reload this page.
The count goes on and a login lasts, because sessions are in the store and not in the server’s memory. Only with
<code>STORE=memory:</code> are they gone.</p>`;

function parallelWrites(visits: number, origin: string): SafeHtml {
  const post = 'curl -s -X POST -H "Sec-Fetch-Site: same-origin"';
  const counter = `${origin}/api/session/data/clicks/increment`;
  // Tabs that open at once without a session would each start their own.
  const click =
    visits > 1
      ? "Click"
      : "Reload this page once: a session starts with the second visit. Then click";
  return html`<p>${click} <a href="/">Home</a> five times quickly with the middle button, or with <kbd>Ctrl</kbd> or
<kbd>⌘</kbd> held down, so that five tabs load at once. Every visit counts: no write overwrites another.</p>
<details><summary>Twenty slow requests at once, with curl</summary>
<p>The first line starts a session with a counter at 1. The second adds 1 twenty times at once, and every request
waits half a second before it writes. The last shows that <code>clicks</code> is 21.</p>
<pre><code>${post} -c cookies.txt ${counter}</code>
<code>${post} -b cookies.txt -Z "${counter}?delay=500&amp;n=[1-20]"</code>
<code>curl -s -b cookies.txt ${origin}/api/session</code></pre></details>`;
}

const logInTwice = html`<p>Log in with a second browser too, or in a private window.
<a href="/account/sessions">My sessions</a> then lists both. End one of them from the other: it is logged out with
its next click.</p>`;

const askAsProgram = html`<p><a href="/api/me">/api/me</a> and <a href="/api/session">/api/session</a> answer in
JSON. Without a login the first one answers 401, where a page would send a browser to the login form.</p>`;
