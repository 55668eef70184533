// Who is logged in, as far as the pages show it.

import { html, type SafeHtml } from "@remix-run/html-template";

export interface PageUser {
  id: string;
  /** The pages know `admin`; any other is shown and means a member. */
  role?: string | undefined;
}

/** E.g. "You are logged in as alpha, with the role admin." */
export function userSentence(user: PageUser | null): SafeHtml {
  if (user === null) return html`Nobody is logged in.`;
  // <bdi>: a name in another script than the sentence must not rearrange it.
  const role = user.role ? html`, with the role <bdi>${user.role}</bdi>` : null;
  return html`You are logged in as <bdi>${user.id}</bdi>${role}.`;
}
