// The top of every page: the name of the site and where one can go from here.

import { html, type SafeHtml } from "@remix-run/html-template";

const places = {
  home: { href: "/", label: "Home" },
  members: { href: "/members", label: "Members" },
  admin: { href: "/admin", label: "Admin" },
  sessions: { href: "/account/sessions", label: "My sessions" },
};

export type Place = keyof typeof places;

/** @param loggedIn `null` where the page doesn't know; it then offers neither login nor logout. */
export function siteHeader(current: Place | null, loggedIn: boolean | null): SafeHtml {
  const here = current === null ? null : places[current];
  return html`<a class="skip" href="#content">Skip to the content</a>
<header>
<p>Latchkey example</p>
<nav aria-label="Site"><ul>
${Object.values(places).map(
  (place) =>
    html`<li><a href="${place.href}"${place === here ? html` aria-current="page"` : null}>${place.label}</a></li>
`,
)}</ul></nav>
${loggedIn === null ? null : accountLink(loggedIn)}
</header>`;
}

function accountLink(loggedIn: boolean): SafeHtml {
  return loggedIn ? html`<a href="/logout">Log out</a>` : html`<a href="/login">Log in</a>`;
}
