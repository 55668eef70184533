// The pages of this site: every way to log in, who is logged in, and what has been sent.

import { type PageResult, page } from "@latchkey/example-shared";
import { html, type SafeHtml } from "@remix-run/html-template";

/** One way of logging in, as the first page tells of it. */
export interface Way {
  path: string;
  label: string;
  /** What to type, or what happens. */
  hint: string;
  /** Why it can't be tried on this machine; `null` when it can. */
  missing: string | null;
}

/** A mail or a text message. */
export interface SentMessage {
  to: string;
  subject: string;
  text: string;
  at: Date;
}

export interface HomePage {
  user: Readonly<Record<string, unknown>> | null;
  ways: readonly Way[];
}

export function homePage({ user, ways }: HomePage): PageResult {
  return ours({
    heading: user === null ? "Every way to log in" : "You are logged in",
    here: "/",
    body:
      user === null
        ? html`<p class="lead">Each of these is one login method of Latchkey, with a server of its own to try it
on. What is sent by mail or text message is in the <a href="/mailbox">mailbox</a>.</p>
<ul>
${ways.map(wayItem)}</ul>`
        : html`<p class="lead">This is what the login said of you:</p>
<table><tbody>
${Object.entries(user).map(attributeRow)}</tbody></table>
<div class="actions"><a class="button" href="/logout">Log out</a></div>`,
  });
}

/** The newest first. */
export function mailboxPage(messages: readonly SentMessage[]): PageResult {
  return ours({
    heading: "Mailbox",
    here: "/mailbox",
    body:
      messages.length === 0
        ? html`<p class="lead">Nothing has been sent yet.</p>`
        : html`<p class="lead">Everything that this site has sent, to whomever.</p>
${messages.toReversed().map(message)}`,
  });
}

function wayItem({ path, label, hint, missing }: Way): SafeHtml {
  return missing === null
    ? html`<li><a href="${path}">${label}</a>: ${hint}</li>
`
    : html`<li>${label}: not here (${missing})</li>
`;
}

function attributeRow([name, value]: [string, unknown]): SafeHtml {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return html`<tr><th scope="row">${name}</th><td>${breakable(text)}</td></tr>
`;
}

/** A long word, such as a provider's `sid`, would make the page wider than a phone. */
function breakable(text: string): SafeHtml[] {
  return text.split(/(\S{16})/u).map((part) => html`${part}<wbr>`);
}

function message({ to, subject, text, at }: SentMessage): SafeHtml {
  const time = at.toISOString();
  return html`<section class="state">
<h2>${subject}</h2>
<p class="note">To <bdi>${to}</bdi>, <time datetime="${time}">${time.slice(11, 19)}</time></p>
<p>${linked(text)}</p>
</section>
`;
}

/** Lines, with the addresses of this site as links. */
function linked(text: string): SafeHtml[] {
  return text.split(/(https?:\/\/\S+|\n)/).map((part) => {
    if (part === "\n") return html`<br>`;
    return /^https?:/.test(part) ? html`<a href="${part}">${part}</a>` : html`${part}`;
  });
}

interface OurPage {
  heading: string;
  here: string;
  body: SafeHtml;
}

function ours({ heading, here, body }: OurPage): PageResult {
  const places = [
    { href: "/", label: "Logins" },
    { href: "/mailbox", label: "Mailbox" },
  ];
  const header = html`<a class="skip" href="#content">Skip to the content</a>
<header>
<p>Latchkey, all logins</p>
<nav aria-label="Site"><ul>
${places.map(
  ({ href, label }) =>
    html`<li><a href="${href}"${href === here ? html` aria-current="page"` : null}>${label}</a></li>
`,
)}</ul></nav>
</header>`;
  return page({ heading, place: null, loggedIn: null, header, body });
}
