// A table of sessions, each with a way to end it. On a phone every row becomes a card; the roles are there
// because a table that is laid out as anything else may be no table to a screen reader.

import { html, type SafeHtml } from "@remix-run/html-template";
import { deviceName } from "./device-name.ts";
import { relativeTime } from "./relative-time.ts";

/** The same as `SessionInfo` of session-core, as far as it is shown. Times are epoch milliseconds. */
export interface ListedSession {
  id: string;
  /** `User-Agent` at the login. */
  agent: string;
  /** Address at the login. */
  ip: string;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
}

export interface CsrfField {
  name: string;
  value: string;
}

interface SessionTable {
  sessions: readonly ListedSession[];
  currentId: string;
  csrf: CsrfField;
  now: number;
}

export function sessionTable({ sessions, currentId, csrf, now }: SessionTable): SafeHtml {
  return html`<table role="table" aria-label="Where you are logged in">
<thead role="rowgroup"><tr role="row">
${["Device", "Address", "Last visit", "Expires"].map(
  (title) => html`<th role="columnheader" scope="col">${title}</th>
`,
)}<td role="cell"></td>
</tr></thead>
<tbody role="rowgroup">
${sessions.map((session) => row(session, session.id === currentId, csrf, now))}</tbody>
</table>`;
}

function row(session: ListedSession, current: boolean, csrf: CsrfField, now: number): SafeHtml {
  const { agent, createdAt, lastSeenAt, expiresAt } = session;
  const device = deviceName(agent);
  const address = plainAddress(session.ip);
  // The visit that this page is part of is recorded at its end.
  const lastVisit = current ? time(now, now, "now") : time(lastSeenAt, now);
  return html`<tr role="row">
<th role="rowheader" scope="row"><div class="device">${device}${current ? html` <strong class="badge">This device</strong>` : null}</div>
<p class="note">Started ${time(createdAt, now)}</p></th>
<td class="address" role="cell" data-label="Address">${address}</td>
<td role="cell" data-label="Last visit">${lastVisit}</td>
<td role="cell" data-label="Expires">${time(expiresAt, now)}</td>
<td role="cell">${
    current
      ? html`<a href="/logout">Log out</a>`
      : endForm(session.id, `${device}, ${address}`, csrf)
  }</td>
</tr>
`;
}

function endForm(id: string, what: string, csrf: CsrfField): SafeHtml {
  return html`<form method="post" action="/account/sessions/${encodeURIComponent(id)}/revoke">
${csrfInput(csrf)}<button class="quiet">End<span class="unseen"> session: ${what}</span></button>
</form>`;
}

export function csrfInput({ name, value }: CsrfField): SafeHtml {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

function time(at: number, now: number, words = relativeTime(at, now)): SafeHtml {
  return html`<time datetime="${new Date(at).toISOString()}">${words}</time>`;
}

/** RFC 4291 §2.5.5.2: how a server that listens on IPv6 sees an IPv4 address. */
function plainAddress(ip: string): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, "") || "Unknown";
}
