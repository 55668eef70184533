// What every page beside the login form does alike: links, limits, mails that follow the answer.

import {
  type LoginRequest,
  type LoginView,
  type Rejected,
  readPasswordField,
} from "@latchkey/auth-core";
import type { MailValues } from "@latchkey/mail";
import type { Row } from "@latchkey/table";
import type { DbSettings } from "../db-login-options.ts";
import { nameOf, userOf } from "../db-user.ts";
import { createPasswordRules, type PasswordRules } from "../password-rules.ts";
import { accountMail } from "./account-mails.ts";
import {
  type AccountOptions,
  type AccountSettings,
  readAccountOptions,
} from "./account-options.ts";
import { pageUrl } from "./account-page.ts";
import { addressOf } from "./account-row.ts";
import { tokenField } from "./account-views.ts";

export interface AccountContext extends AccountSettings {
  rules: PasswordRules;
  /** How long links are valid. */
  minutes: number;
  /** When a link that is made now stops to be valid, epoch milliseconds. */
  expiry(): number;
  /** The token of a link: from its address or from the form behind it. */
  tokenOf(request: LoginRequest, key: string): string | null;
  /** The address of a page for a link in a mail. */
  linkUrl(key: string, token: string): string;
  /** The address of a page, or of the login form, for a browser that is at this one. */
  urlOf(request: LoginRequest, key?: string): string;
  /** Does what the answer must not wait for. */
  later(work: () => Promise<void>): void;
  /** Every column that may be shown, and what mails call the rest. */
  valuesOf(row: Row): MailValues;
  /** Whose account this is was proven from here: what strangers ask for must not keep its mails away. */
  trust(row: Row, ip: string): void;
  /** Tells the account's owner what was changed. */
  notify(row: Row, what: "password" | "e-mail address"): void;
  tooManyMails(view: LoginView): Rejected;
}

/** @throws {TypeError} Naming the option. */
export function createAccountContext(
  options: AccountOptions,
  settings: DbSettings,
  name: string,
  keys: readonly string[],
): AccountContext {
  const shared = readAccountOptions(options, name);
  const { url, email, lifetimeMs, now, limit, mailboxLimit } = shared;
  const { onError } = settings;
  const change = typeof options.change === "object" ? options.change : {};
  const notice = accountMail(shared, "notice", change.notice);
  const minutes = Math.max(1, Math.round(lifetimeMs / 60_000));

  function later(work: () => Promise<void>): void {
    setImmediate(() => void work().catch(onError));
  }

  function valuesOf(row: Row): MailValues {
    const { id, ...columns } = userOf(row, settings);
    return { user: nameOf(row, settings), minutes, ...columns };
  }

  return {
    ...shared,
    minutes,
    later,
    valuesOf,
    rules: createPasswordRules({ onError, ...options.passwords }),
    expiry: () => now() + lifetimeMs,
    tokenOf(request, key) {
      if (request.method === "POST") return readPasswordField(request.fields, tokenField);
      return request.url.searchParams.get(key) || null;
    },
    linkUrl(key, token) {
      const link = new URL(url);
      link.searchParams.set(key, token);
      return link.href;
    },
    urlOf: (request, key) => pageUrl(request, keys, key),
    trust(row, ip) {
      const to = addressOf(row, email.column)?.toLowerCase();
      const names = new Set([
        nameOf(row, settings).toLowerCase(),
        ...(to === undefined ? [] : [to]),
      ]);
      later(async () => {
        for (const name of names) await limit.trust(name, ip);
        if (to !== undefined) await mailboxLimit.trust(to, ip);
      });
    },
    notify(row, what) {
      const to = addressOf(row, email.column);
      if (to !== null) later(() => notice(to, { ...valuesOf(row), what }));
    },
    tooManyMails(view) {
      const message = "Too many mails were asked for. Please try again later.";
      return { kind: "rejected", reason: "not-sent", view, message };
    },
  };
}
