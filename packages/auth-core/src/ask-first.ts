// A link on another site must not log somebody in anew, nor link an account to theirs: before such a
// visitor is sent to a provider, a page asks, and its button is a POST with a token.

import type { Exchange } from "@latchkey/session-core";
import type { LoginView } from "./login-method.ts";
import type { Visit } from "./login-visit.ts";
import type { PageContext } from "./pages/page-context.ts";

/**
 * Where nobody is logged in, nothing can be lost. A link to an account is asked for always: links in
 * mails come like an address that was typed.
 */
export function mustAsk<User extends { id: string }, Data extends object>(
  { session, vouchedFor, request }: Visit<User, Data>,
  linked: boolean,
): boolean {
  if (session.user === null || vouchedFor === session.user.id) return false;
  return linked || isFromElsewhere(request);
}

/** @param to The provider's page. */
export function askView(
  { texts }: PageContext,
  { to, userId, linked }: { to: string; userId: string | null; linked: boolean },
): LoginView {
  const who = userId === null ? [] : [texts.loggedInAs.replace("{user}", () => isolated(userId))];
  return {
    title: linked ? texts.askLinkTitle : texts.askLoginTitle,
    message: [...who, linked ? texts.askLinkMessage : texts.askLoginMessage].join(" "),
    fields: [],
    submit: texts.askContinue,
    // A provider may pass the browser on to other hosts of its own, and Chromium holds each of them
    // to this list.
    formActions: [...(URL.canParse(to) ? [new URL(to).origin] : []), "https:"],
    logsIn: false,
    ...(linked || userId === null ? {} : { links: [{ label: texts.logoutCancel, url: "/" }] }),
  };
}

/** Browsers without Fetch Metadata (Safari before 16.4, plain http) are known by their Referer only. */
function isFromElsewhere({ exchange, url }: { exchange: Exchange; url: URL }): boolean {
  const site = exchange.getHeader("sec-fetch-site");
  if (site !== undefined) return site === "cross-site";
  const referer = exchange.getHeader("referer");
  if (referer === undefined) return false;
  return !URL.canParse(referer) || new URL(referer).host !== url.host;
}

/** An id in another script than the sentence must not rearrange it: Unicode's first-strong isolate. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
