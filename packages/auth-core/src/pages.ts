// What a page is given, and the pages an application can replace one by one.

import type { CaptchaView } from "./captcha/captcha.ts";
import type { HiddenField, LoginView, RejectReason } from "./login-method.ts";

/** A template: gets plain data, returns a whole HTML document. It must escape what it prints. */
export type Template<Page> = (page: Page) => string | Promise<string>;

/** What each page is given. */
export interface PageData {
  login: LoginPage;
  logout: LogoutPage;
  loggedOut: LoggedOutPage;
  forbidden: ForbiddenPage;
  error: ErrorPage;
}

/** The five pages of the login flow. */
export type Pages = { [Kind in keyof PageData]: Template<PageData[Kind]> };

export interface LoginPage {
  view: LoginView;
  /** Why the last try failed; `null` the first time. */
  error: { code: LoginErrorCode; message: string } | null;
  /** Hidden field that every form must carry. */
  csrf: HiddenField;
  /** Hidden field with the page to go to afterwards. */
  next: HiddenField;
  /** Lifetimes to choose from ("remember me"), or `null` where the login fixes one. */
  lifetime: LifetimeChoice | null;
  /** What to show of a captcha; absent where there is none. */
  captcha?: CaptchaView;
  /** Where the form posts to: as the view says, else this page's own path and query. */
  action: string;
}

/** One checkbox when there are two choices, a select when there are more. */
export interface LifetimeChoice {
  name: string;
  choices: { value: string; label: string; selected: boolean }[];
}

export type LoginErrorCode =
  | RejectReason
  | "not-ended"
  | "throttled"
  | "expired-form"
  | "captcha-failed"
  | "action-failed";

/** Asks before it logs out, or takes a linked login away. */
export interface LogoutPage {
  /** The linked login that is asked about; absent for the login itself. */
  userKey?: string;
  /** The id of who is logged in. */
  userId: string | null;
  csrf: HiddenField;
  next: HiddenField;
  action: string;
}

export interface LoggedOutPage {
  loginUrl: string;
  /** Where the link "continue" goes. */
  next: string;
}

export interface ForbiddenPage {
  /** The id of who is logged in. */
  userId: string | null;
  /** What is missing, one sentence each. */
  reasons: string[];
  loginUrl: string;
  logoutUrl: string;
}

export interface ErrorPage {
  status: number;
  /** Heading, e.g. `Try again in a moment`. */
  title: string;
  /** One or two sentences for the visitor; never the fault's own text. */
  message: string;
}
