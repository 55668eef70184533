// The options of one login: each is one stage of the flow.

import type { Duration, Exchange, Session } from "@latchkey/session-core";
import type { AttributeRule, RuleTable } from "./attribute-rules.ts";
import type { Captcha } from "./captcha/captcha.ts";
import type { ChosenLifetime } from "./lifetime-choice.ts";
import type { LoginLink } from "./login-method.ts";
import type { LookupOptions } from "./lookup.ts";
import type { NextOptions } from "./next-url.ts";
import type { LoginPage, Template } from "./pages.ts";
import type { Prepare } from "./prepare-fields.ts";
import type { ThrottleOptions } from "./throttle.ts";

/** What an action is told. */
export interface LoginEvent<User extends { id: string }, Data extends object> {
  user: User;
  session: Session<User, Data>;
  exchange: Exchange;
  /** The name of the login method. */
  method: string;
}

export interface LoginOptions<User extends { id: string }, Data extends object> {
  next?: NextOptions;
  /** How long the session lasts, or a form field that chooses. Default: the application's. */
  lifetime?: Duration | "browser" | ChosenLifetime;
  idle?: Duration | "off";
  /** Run in order after each login; one that throws undoes it. */
  onLogin?: readonly ((event: LoginEvent<User, Data>) => unknown)[];
  /** How long the answer to a failed login is held: the first, the second …, the last for all after. Default `['1s', '1s', '5s']`. */
  delay?: Duration | readonly Duration[];
  /** Pauses after many failures; `false` turns them off, but not the delay. */
  throttle?: ThrottleOptions | false;
  /** Rewrites what was typed, or refuses the request, before anything else is done with it. */
  prepare?: Prepare;
  /** Asked before anything is tried: `recaptcha`, `hcaptcha`, `turnstile` or one of your own. */
  captcha?: Captcha;
  /** Adds attributes to the user from a row of a table. */
  lookup?: LookupOptions;
  /** Changes attributes of the user in order: a list, or a table that is read at each login. */
  rules?: readonly AttributeRule[] | RuleTable;
  /**
   * Puts the user beside the one who is logged in, under this key of the session's data, instead of
   * logging anybody in.
   */
  userKey?: string;
  /** Ends the user's older sessions; of several at once one stays, by a store the last to begin. Default `false`. */
  singleSession?: boolean;
  /** Other ways to log in, below the form; each is told where to go next. */
  links?: readonly LoginLink[];
  /** An own login page for this method. */
  template?: Template<LoginPage>;
}
