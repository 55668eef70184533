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
  /** Called for every request to the login URL that the flow lets through. */
  step(request: LoginRequest): Promise<LoginStep<User>>;
}

/** A request to the login URL, with its body read and checked: every field is one string. */
export interface LoginRequest {
  readonly method: "GET" | "POST";
  /** Absolute, as the browser sees it. */
  readonly url: URL;
  /** The form or JSON body; empty for GET. Has no prototype. */
  readonly fields: Readonly<Record<string, string>>;
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
  /** Show the form. */
  | { kind: "show"; view: LoginView; remember?: Remembered }
  /** Send the browser to an identity provider. */
  | { kind: "redirect"; to: string; remember?: Remembered }
  /** 401 with this `WWW-Authenticate`, e.g. `Negotiate`. */
  | { kind: "challenge"; wwwAuthenticate: string }
  /** `keep` goes into the session's data. */
  | { kind: "accepted"; user: User; keep?: Record<string, unknown> }
  | { kind: "rejected"; reason: RejectReason; view: LoginView }
  /** Anything else, e.g. service provider metadata. */
  | { kind: "reply"; reply: Reply };

/**
 * - `invalid-credentials`: wrong or unknown; the visitor is never told which.
 * - `bad-request`: a field is missing, too long or not text.
 * - `forbidden`: proven, but may not log in here.
 * - `busy`: too many logins at once; worth another try in a moment.
 */
export type RejectReason = "invalid-credentials" | "bad-request" | "forbidden" | "busy";

/** The form of a login method, as plain data. */
export interface LoginView {
  /** Heading, e.g. `Log in`. */
  title: string;
  fields: LoginField[];
  /** Label of the button. */
  submit: string;
}

export interface LoginField {
  name: string;
  label: string;
  type: "text" | "password" | "email" | "tel";
  /** The `autocomplete` token, e.g. `username`, `current-password`, `one-time-code`. */
  autocomplete: string;
  /** What was typed before; never a password. */
  value?: string;
}
