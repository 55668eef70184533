// `?forgot`: mails a link to whoever the account belongs to, and sets the password behind it.

import {
  type LoginRequest,
  type LoginStep,
  newToken,
  type Rejected,
  readPasswordField,
} from "@latchkey/auth-core";
import { mailAddress } from "@latchkey/mail";
import type { Row } from "@latchkey/table";
import type { DbSettings } from "../db-login-options.ts";
import { type DbUser, nameOf, userOf } from "../db-user.ts";
import { isBusy } from "../hash-error.ts";
import type { AccountContext } from "./account-context.ts";
import { accountMail } from "./account-mails.ts";
import type { ForgotOptions } from "./account-options.ts";
import type { AccountPage } from "./account-page.ts";
import { addressOf, changeRow, linkTo, rowBehind } from "./account-row.ts";
import { linkView, newPasswordField, noticeView } from "./account-views.ts";

export function forgotPage(
  settings: DbSettings,
  account: AccountContext,
  options: ForgotOptions & { key: string },
): AccountPage {
  const { key } = options;
  const { table, columns, fields } = settings;
  const { email, limit, mailboxLimit, rules } = account;
  const tokens = account.tokens("reset");
  const mail = accountMail(account, "forgot", options);

  return {
    key,
    label: "Forgot your password?",
    account: () => null,
    async step(request): Promise<LoginStep<DbUser>> {
      const given = account.tokenOf(request, key);
      if (given !== null)
        return request.method === "GET" ? open(request, given) : set(request, given);
      if (request.method === "GET") return { kind: "show", view: form(request) };
      return ask(request);
    },
  };

  function form(request: LoginRequest) {
    return {
      title: "Forgot your password?",
      logsIn: false,
      fields: [
        {
          name: email.field,
          label: "E-mail address or user name",
          type: "text",
          autocomplete: "username",
        } as const,
      ],
      submit: "Send a link",
      action: account.urlOf(request, key),
      links: [{ label: "Log in", url: account.urlOf(request) }],
    };
  }

  async function ask(request: LoginRequest): Promise<LoginStep<DbUser>> {
    const view = form(request);
    const typed =
      readPasswordField(request.fields, email.field) ??
      readPasswordField(request.fields, fields.user);
    if (typed === null || typed.includes("\0")) {
      return { kind: "rejected", reason: "bad-request", view };
    }
    const name = typed.trim();
    if (name.includes("@") && mailAddress(name) === null) {
      const message = "Please give a valid e-mail address, or your user name.";
      return { kind: "rejected", reason: "invalid-input", view, message };
    }
    if (!(await limit.allows(name.toLowerCase(), request.exchange.ip))) {
      return account.tooManyMails(view);
    }
    // Apart from the answer: neither its time nor an error may tell whether there is an account.
    account.later(() => mailLinks(name, request.exchange.ip));
    return {
      kind: "show",
      view: noticeView(
        "Look into your mail",
        `If there is an account for ${name}, a link to set a new password is on its way. ` +
          `It is valid for ${account.minutes} minutes.`,
        account.urlOf(request),
      ),
    };
  }

  async function mailLinks(name: string, ip: string): Promise<void> {
    for (const row of await rowsOf(name)) {
      // To the address in the table, never to what was typed.
      const to = addressOf(row, email.column);
      if (to === null || !(await settings.isActive(row))) continue;
      // A mailbox goes by many names.
      if (!(await mailboxLimit.allows(to.toLowerCase(), ip))) return;
      const token = newToken();
      await tokens.keep(token, { ...linkTo(row, token, settings, email.column) }, account.expiry());
      await mail(to, { ...account.valuesOf(row), reset_url: account.linkUrl(key, token) });
    }
  }

  /** A mailbox may have several accounts, and a user name may look like an address. */
  async function rowsOf(name: string): Promise<Row[]> {
    const spellings = new Set([name, name.toLowerCase()]);
    for (const spelling of name.includes("@") ? spellings : []) {
      const rows = await table.find(email.column, spelling, 5);
      if (rows.length > 0) return rows;
    }
    const rows = await table.find(columns.user, name, 2);
    return rows.length === 1 ? rows : [];
  }

  async function open(request: LoginRequest, token: string): Promise<LoginStep<DbUser>> {
    const row = await rowBehind(await tokens.read(token), token, settings, email.column);
    if (row === null) return expired(request);
    return { kind: "show", view: passwordForm(request, token) };
  }

  function passwordForm(request: LoginRequest, token: string) {
    const field = newPasswordField(fields.password, rules.hint);
    return linkView("Set a new password", token, account.urlOf(request, key), field);
  }

  async function set(request: LoginRequest, token: string): Promise<LoginStep<DbUser>> {
    const view = passwordForm(request, token);
    const row = await rowBehind(await tokens.read(token), token, settings, email.column);
    if (row === null) return expired(request);
    const password = readPasswordField(request.fields, fields.password);
    if (password === null) return { kind: "rejected", reason: "bad-request", view };
    const user = userOf(row, settings);
    const about = [nameOf(row, settings), String(row[email.column] ?? "")];
    const message = await rules.complaint(password, about);
    if (message !== null) return { kind: "rejected", reason: "invalid-input", view, message };
    try {
      const hash = await settings.hasher.hash(password);
      // Hashed first: a hasher that is busy leaves the link for another try.
      if ((await tokens.take(token)) === null) return expired(request);
      const changed = await changeRow(row, { [columns.password]: hash }, settings, email.column);
      if (!changed) return expired(request);
    } catch (error) {
      if (isBusy(error)) return { kind: "rejected", reason: "busy", view };
      throw error;
    }
    account.notify(row, "password");
    account.trust(row, request.exchange.ip);
    const text = "Your password was changed, and you were logged out everywhere.";
    return {
      kind: "show",
      view: noticeView("Password changed", text, account.urlOf(request)),
      endSessionsOf: user.id,
    };
  }

  function expired(request: LoginRequest): Rejected {
    const message = "This link is no longer valid. Please ask for a new one.";
    return { kind: "rejected", reason: "expired", view: form(request), message };
  }
}
