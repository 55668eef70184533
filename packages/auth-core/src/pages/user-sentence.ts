// Says who is logged in.

import { html, type SafeHtml } from "@remix-run/html-template";
import type { PageContext } from "./page-context.ts";

/** @returns `null` when nobody is. */
export function userSentence({ texts }: PageContext, userId: string | null): SafeHtml | null {
  if (userId === null) return null;
  // <bdi>: an id in another script than the sentence must not rearrange it.
  const [before = "", ...after] = texts.loggedInAs.split("{user}");
  return html`<p>${before}<bdi>${userId}</bdi>${after.join("")}</p>`;
}
