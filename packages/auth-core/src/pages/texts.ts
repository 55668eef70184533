// Every fixed sentence of the default pages in one place, so that they can be read together and translated.

import { englishFailures, type FailureTexts } from "./failure-texts.ts";

/**
 * Fixed texts of the default pages, and under its code what is said of each failed login. Words in
 * braces are filled in and must be kept.
 */
export interface PageTexts extends FailureTexts {
  /** Start of the title of a page that reports an error. */
  error: string;
  /** Label of the choice of lifetime. */
  stayLoggedIn: string;
  /** Under the checkbox: `{on}` is the choice when ticked, `{off}` when not. */
  stayLoggedInHint: string;
  login: string;
  loginAgain: string;
  loginAsSomeoneElse: string;
  logout: string;
  logoutTitle: string;
  /** Leaves the logout page without logging out. */
  logoutCancel: string;
  loggedOutTitle: string;
  loggedOutMessage: string;
  continue: string;
  /** `{user}` is the id of who is logged in. */
  loggedInAs: string;
  forbiddenTitle: string;
  forbiddenHelp: string;
  /** `{status}` is the HTTP status. */
  status: string;
  tryAgain: string;
  /** Where JavaScript is off, and a captcha needs it. */
  captchaNeedsScript: string;
  unlinkTitle: string;
  unlink: string;
  /** Leaves the page without removing the link. */
  unlinkCancel: string;
  /** Asks before another site's link logs somebody in anew. */
  askLoginTitle: string;
  askLoginMessage: string;
  /** Asks before a provider's account is linked. */
  askLinkTitle: string;
  askLinkMessage: string;
  /** The button of both. */
  askContinue: string;
  /** Heading of a failed login that has no form. */
  notLoggedIn: string;
  loginFirst: string;
  /** Where the browser was to prove it, e.g. by Kerberos. */
  noProof: string;
}

export const englishTexts: PageTexts = {
  ...englishFailures,
  error: "Error",
  stayLoggedIn: "Stay logged in",
  stayLoggedInHint: "You stay logged in {on}; otherwise {off}.",
  login: "Log in",
  loginAgain: "Log in again",
  loginAsSomeoneElse: "Log in as someone else",
  logout: "Log out",
  logoutTitle: "Log out?",
  logoutCancel: "Stay logged in",
  loggedOutTitle: "You are logged out",
  loggedOutMessage: "This browser no longer has access to your account.",
  continue: "Continue",
  loggedInAs: "You are logged in as {user}.",
  forbiddenTitle: "You don’t have access to this page",
  forbiddenHelp: "If you need access, ask the people who run this site.",
  status: "Error {status}",
  tryAgain: "Try again",
  captchaNeedsScript:
    "To log in, please switch JavaScript on: this page checks that you are a person.",
  unlinkTitle: "Remove this link?",
  unlink: "Remove the link",
  unlinkCancel: "Keep it",
  askLoginTitle: "Log in again?",
  askLoginMessage:
    "Another site sent you here. If you go on, you are logged in anew, maybe as someone else.",
  askLinkTitle: "Link another account?",
  askLinkMessage: "The account that you go on to log in to is then linked to this one.",
  askContinue: "Go on to log in",
  notLoggedIn: "Not logged in",
  loginFirst: "Log in first.",
  noProof: "Your browser could not prove who you are.",
};
