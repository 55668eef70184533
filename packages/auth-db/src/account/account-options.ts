// What the pages beside the login form need: mail, a store for links, and their own options.

import {
  createMessageLimit,
  createSingleUseTokens,
  type MessageLimit,
  type MessageLimitOptions,
  type SingleUseTokens,
} from "@latchkey/auth-core";
import { checkSender, type Mailer, type MailTemplateOptions } from "@latchkey/mail";
import { type Duration, durationMs, type Store } from "@latchkey/session-core";
import type { Row } from "@latchkey/table";
import type { PasswordRuleOptions } from "../password-rules.ts";

export interface AccountOptions {
  /** Keeps mailed links and counts mails; usually the sessions' own. */
  store?: Store;
  /** Sends the mails. */
  mailer?: Mailer;
  /** Another sender than the mailer's own. */
  from?: string;
  /** Address of this login page as browsers see it: what links in mails begin with. */
  url?: string;
  email?: {
    /** Column with the e-mail address. Default `email`. */
    column?: string;
    /** Name of the form field. Default `email`. */
    field?: string;
  };
  /** How long mailed links are valid. Default `'10m'`. */
  linkLifetime?: Duration;
  /** How many mails may be asked for. */
  limits?: MessageLimitOptions;
  /** What a new password must be. */
  passwords?: PasswordRuleOptions;
  /** Mails a link to set another password. Default: no such page. */
  forgot?: true | ForgotOptions;
  /** Lets people make an account. Default: no such page. */
  signup?: true | SignupOptions;
  /** Lets people change their password, and their address. Default: no such pages. */
  change?: true | ChangeOptions;
  /** The clock, epoch milliseconds. Default `Date.now`. */
  now?: () => number;
}

/** The mail has `{reset_url}`, `{user}`, `{minutes}` and every column but the password. */
export interface ForgotOptions extends MailTemplateOptions {
  /** Query parameter that opens the page. Default `forgot`. */
  key?: string;
}

/** The mail has `{reset_url}`, `{user}`, `{minutes}` and every column of the new row. */
export interface SignupOptions extends MailTemplateOptions {
  /** Query parameter that opens the page. Default `signup`. */
  key?: string;
  /** More form fields and the columns they go to. Whatever else a form sends is ignored. */
  columns?: Readonly<Record<string, string>>;
  /** What the form says for a field of `columns`. Default: its name. */
  labels?: Readonly<Record<string, string>>;
  /** Columns that every new row gets, e.g. `{ role: "reader" }`. */
  row?: Row;
  /**
   * Looks at the form. `true` goes on, a text is told to the visitor, anything else refuses; so does
   * throwing, which `onError` hears of.
   */
  validate?: (
    fields: Readonly<Record<string, string>>,
  ) => boolean | string | Promise<boolean | string>;
  /** The mail to an address whose name or address is taken: `{user}` and `{login_url}`. */
  taken?: MailTemplateOptions;
}

export interface ChangeOptions {
  /** Query parameter that opens the page for the password. Default `change`. */
  key?: string;
  /** Form field with the new password. Default `new_password`. */
  field?: string;
  /** Query parameter that opens the page for the e-mail address; `false`: no such page. Default `email`. */
  emailKey?: string | false;
  /** The mail to the new address: `{confirm_url}`, `{user}`, `{minutes}` and every column. */
  confirm?: MailTemplateOptions;
  /** The mail to the address of an account whose password or address was changed: `{user}`, `{what}` and every column. */
  notice?: MailTemplateOptions;
}

/** What all these pages share. */
export interface AccountSettings {
  tokens(purpose: string): SingleUseTokens;
  limit: MessageLimit;
  /** The same for a mailbox, whatever its accounts are called; says nothing of who has one. */
  mailboxLimit: MessageLimit;
  mailer: Mailer;
  from: string | null;
  url: string;
  email: { column: string; field: string };
  lifetimeMs: number;
  now: () => number;
}

/** @throws {TypeError} Naming the option. */
export function readAccountOptions(options: AccountOptions, name: string): AccountSettings {
  const { store, mailer, url, from = null, email = {}, linkLifetime = "10m" } = options;
  const { limits = {}, now = Date.now } = options;
  if (store === undefined || typeof store.create !== "function") {
    throw new TypeError("forgot, signup and change need the option store");
  }
  if (mailer === undefined || typeof mailer.send !== "function") {
    throw new TypeError("forgot, signup and change need the option mailer");
  }
  if (url === undefined || !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : "")) {
    throw new TypeError("url must be the address of the login page, with https:// or http://");
  }
  if (from !== null) checkSender(from);
  return {
    tokens: (purpose) => createSingleUseTokens(store, `${purpose}:${name}`, now),
    limit: createMessageLimit(store, name, limits, now),
    // Not by network: that count also tells strangers whether there was a mail.
    mailboxLimit: createMessageLimit(
      store,
      `${name}:mailbox`,
      { ...limits, perNetwork: Number.POSITIVE_INFINITY },
      now,
    ),
    mailer,
    from,
    url,
    email: { column: email.column ?? "email", field: email.field ?? "email" },
    lifetimeMs: durationMs(linkLifetime, "linkLifetime"),
    now,
  };
}
