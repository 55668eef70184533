// The contract of a way of logging in. A method knows no framework, no session and no store client.

import type { Duration, Exchange, Reply } from "@latchkey/session-core";

/** A way of logging in. It says what should happen; the login flow does it. */
export interface LoginMethod<User extends { id: string } = { id: string }> {
  readonly name: string;
  /**
   * The account that this request tries to prove, so that guessing is slowed down per account
   * before anything is checked. `null` when the request proves none, e.g. asks for the form.
   */
  account(request: LoginRequest): string | null;
  /**
   * What all spellings have in common that the backend may take for this account, e.g. lower case.
   * Failures are limited for all of them together; a success clears those of its own spelling only,
   * since another one may be another account. Default: every account has one spelling.
   */
  alike?(account: string): string;
  /** Called for every request to the login URL that the flow lets through. */
  step(request: LoginRequest): Promise<LoginStep<User>>;
  /**
   * Whether this POST comes from a provider's page or server (`response_mode=form_post`, a
   * back-channel logout) and so can't carry our CSRF token. The step must prove it: by a key that it
   * recalls for this browser, or by a signature. Default: none does.
   */
  isCallback?(request: LoginRequest): boolean;
  /**
   * Told what is in no session any more, of all that logins kept in it (`keep`, of whichever method): the
   * login did not stand, another took its place, its user was logged out or its link taken away.
   */
  forget?(kept: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** A request to the login URL, with its body read and checked: every field is one string. */
export interface LoginRequest {
  readonly method: "GET" | "POST";
  /** Absolute, as the browser sees it. */
  readonly url: URL;
  /** The form or JSON body; empty for GET. Has no prototype. */
  readonly fields: Readonly<Record<string, string>>;
  /**
   * The query parameter that tells this page where the visitor wants to go, for links that lead back
   * to it, e.g. in a mail. `null` where there is none to tell.
   */
  readonly next: HiddenField | null;
  /** Headers and address; a method never writes to it. */
  readonly exchange: Exchange;
  /**
   * Takes what an earlier step of this browser asked to remember under this key; `null` when it is
   * not there, expired, taken already, or another browser's.
   */
  recall(key: string): Promise<Record<string, unknown> | null>;
}

/** What the next request of this browser needs to know. */
export interface Remembered {
  /** Random, and sent along by the browser: an OAuth `state`, a SAML `RelayState`, a hidden field. */
  key: string;
  /** JSON values. */
  value: Record<string, unknown>;
  /** Default `'10m'`. */
  lifetime?: Duration;
}

export type LoginStep<User> =
  /** Show the form, or what came of it. With `endSessionsOf`, all sessions of that user id end. */
  | { kind: "show"; view: LoginView; remember?: Remembered; endSessionsOf?: string }
  /** Send the browser to an identity provider. */
  | { kind: "redirect"; to: string; remember?: Remembered }
  /** 401 with this `WWW-Authenticate`, e.g. `Negotiate`. */
  | { kind: "challenge"; wwwAuthenticate: string }
  | Accepted<User>
  | Rejected
  | Answered;

/** Somebody proved who they are. */
export interface Accepted<User> {
  kind: "accepted";
  user: User;
  /** Goes into the session's data; of a login beside another (`userKey`), into its user's own. */
  keep?: Record<string, unknown>;
  /** Whether a second factor was shown. */
  mfa?: boolean;
  /**
   * Asked once the session is stored: whether what was proven still holds; `false`, which means
   * `invalid-credentials`, or another reason ends it. Who changes a password ends all sessions, but
   * not that of a login that is still under way.
   */
  still?: (session: BegunSession) => Promise<boolean | RejectReason>;
}

/** The session that a login has just begun. */
export interface BegunSession {
  id: string;
  /** Whatever visits it: epoch milliseconds. */
  endsAt: number;
}

/** Anything else, e.g. service provider metadata, or an answer to a provider's server. */
export interface Answered {
  kind: "reply";
  /** A function is asked once the sessions have been ended, and not if they could not be. */
  reply: Reply | (() => Promise<Reply>);
  /** Ends all sessions of this user id. */
  endSessionsOf?: string;
  /** Ends these. One that is gone, or is another user's by now, is left alone. */
  endSessions?: readonly SessionOfUser[];
}

export interface SessionOfUser {
  userId: string;
  sessionId: string;
}

/** Nobody is logged in. */
export interface Rejected {
  kind: "rejected";
  reason: RejectReason;
  /** The form to try again with; `null` shows an error page. */
  view: LoginView | null;
  /** A sentence for the visitor instead of the reason's own; never a fault's own text. */
  message?: string;
  remember?: Remembered;
}

/**
 * - `invalid-credentials`: wrong or unknown; the visitor is never told which. Counted as a guess.
 * - `wrong-code`: a one-time code is wrong. Counted as a guess.
 * - `bad-request`: a field is missing, too long or not text.
 * - `invalid-input`: a field breaks a rule that `message` names, e.g. a new password is too short.
 * - `expired`: a link, code or journey is over, used up or another browser's.
 * - `forbidden`: proven, but may not log in here.
 * - `busy`: too many logins at once; worth another try in a moment.
 * - `unavailable`: the directory or provider does not answer.
 * - `not-sent`: the mail or message could not be handed over.
 */
export type RejectReason =
  | "invalid-credentials"
  | "wrong-code"
  | "bad-request"
  | "invalid-input"
  | "expired"
  | "forbidden"
  | "busy"
  | "unavailable"
  | "not-sent";

/** The form of a login method, as plain data. */
export interface LoginView {
  /** Heading, e.g. `Log in`. */
  title: string;
  /** A paragraph above the form. */
  message?: string;
  fields: LoginField[];
  /** Hidden fields: a key that was remembered, a token of a link. */
  hidden?: HiddenField[];
  /** Label of the button; `null` where there is nothing to send. */
  submit: string | null;
  /** Where the form goes, when not to this page's own path and query: a path or `?query`. */
  action?: string;
  /** Origins that the form may be redirected to, e.g. the identity provider's. */
  formActions?: readonly string[];
  /** Whether it is a way in, and so may ask how long to stay. Default `true`. */
  logsIn?: boolean;
  /** Below the form: `Forgot your password?`. */
  links?: LoginLink[];
}

export interface LoginLink {
  label: string;
  /** A path or `?query`. */
  url: string;
}

export interface HiddenField {
  name: string;
  value: string;
}

export interface LoginField {
  name: string;
  label: string;
  type: "text" | "password" | "email" | "tel";
  /** The `autocomplete` token, e.g. `username`, `current-password`, `one-time-code`. */
  autocomplete: string;
  /** What was typed before; never a password. */
  value?: string;
  /** Digits only: phones show their number keys. */
  inputMode?: "numeric";
  /** A sentence below the field. */
  hint?: string;
}
