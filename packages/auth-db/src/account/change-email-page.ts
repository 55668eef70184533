// `?email`: another address, which counts once its owner has opened the link that it gets.

import {
  type LoginRequest,
  type LoginStep,
  type LoginView,
  newToken,
  type Rejected,
} from "@latchkey/auth-core";
import { mailAddress } from "@latchkey/mail";
import type { Row } from "@latchkey/table";
import type { DbSettings } from "../db-login-options.ts";
import { type DbUser, nameOf } from "../db-user.ts";
import { readUser } from "../password-check.ts";
import type { AccountContext } from "./account-context.ts";
import { accountMail } from "./account-mails.ts";
import type { ChangeOptions } from "./account-options.ts";
import type { AccountPage } from "./account-page.ts";
import { changeRow, linkTo, rowBehind } from "./account-row.ts";
import { emailField, linkView, noticeView, userField } from "./account-views.ts";
import { provenRow } from "./proven-row.ts";

export function changeEmailPage(
  settings: DbSettings,
  account: AccountContext,
  options: ChangeOptions & { emailKey: string },
): AccountPage {
  const { emailKey: key } = options;
  const { table, columns, fields } = settings;
  const { email, limit } = account;
  if (email.column === columns.user) {
    throw new TypeError("change.emailKey must be false where the address is the user name");
  }
  if (email.column === settings.id.column) {
    throw new TypeError("change.emailKey must be false where the address is the id");
  }
  const tokens = account.tokens("address");
  const mail = accountMail(account, "confirm", options.confirm);
  const inUseMail = accountMail(account, "inUse");

  return {
    key,
    label: null,
    account: (request) =>
      request.method === "POST" && account.tokenOf(request, key) === null
        ? readUser(request, fields.user)
        : null,
    async step(request): Promise<LoginStep<DbUser>> {
      const given = account.tokenOf(request, key);
      if (given !== null) {
        return request.method === "GET" ? open(request, given) : confirm(request, given);
      }
      const view = form(request);
      if (request.method === "GET") return { kind: "show", view };
      const address = mailAddress(request.fields[email.field]?.trim())?.toLowerCase() ?? null;
      if (address === null) {
        const message = "Please give a valid e-mail address.";
        return { kind: "rejected", reason: "invalid-input", view, message };
      }
      const proof = await provenRow(settings, request, view);
      return proof.kind === "proven" ? ask(request, view, proof.row, address) : proof;
    },
  };

  function form(request: LoginRequest): LoginView {
    return {
      title: "Change your e-mail address",
      logsIn: false,
      fields: [
        userField(fields.user, readUser(request, fields.user)),
        {
          name: fields.password,
          label: "Password",
          type: "password",
          autocomplete: "current-password",
        },
        emailField(email.field, "New e-mail address"),
      ],
      submit: "Change",
      action: account.urlOf(request, key),
      links: [{ label: "Log in", url: account.urlOf(request) }],
    };
  }

  async function ask(
    request: LoginRequest,
    view: LoginView,
    row: Row,
    address: string,
  ): Promise<LoginStep<DbUser>> {
    if (!(await limit.allows(address, request.exchange.ip))) {
      return account.tooManyMails(view);
    }
    account.later(() => mailLink(row, address));
    const text =
      `A mail is on its way to ${address}. Your address changes once you have opened its link, ` +
      `which is valid for ${account.minutes} minutes.`;
    const answer = noticeView("Look into your mail", text, account.urlOf(request));
    return { kind: "show", view: answer };
  }

  async function mailLink(row: Row, address: string): Promise<void> {
    if (await isTaken(address)) {
      await inUseMail(address, { login_url: account.url });
      return;
    }
    const token = newToken();
    const link = { ...linkTo(row, token, settings, email.column), address };
    await tokens.keep(token, link, account.expiry());
    await mail(address, { ...account.valuesOf(row), confirm_url: account.linkUrl(key, token) });
  }

  async function isTaken(address: string): Promise<boolean> {
    return (await table.find(email.column, address, 1)).length > 0;
  }

  async function open(request: LoginRequest, token: string): Promise<LoginStep<DbUser>> {
    const link = await tokens.read(token);
    const row = await rowBehind(link, token, settings, email.column);
    if (link === null || row === null) return expired(request);
    const message = `The address of ${nameOf(row, settings)} becomes ${link["address"]}.`;
    const action = account.urlOf(request, key);
    return { kind: "show", view: linkView("Confirm your address", token, action, null, message) };
  }

  async function confirm(request: LoginRequest, token: string): Promise<LoginStep<DbUser>> {
    const link = await tokens.take(token);
    const row = await rowBehind(link, token, settings, email.column);
    const address = mailAddress(link?.["address"]);
    if (row === null || address === null || (await isTaken(address))) return expired(request);
    const changed = await changeRow(row, { [email.column]: address }, settings, email.column);
    if (!changed) return expired(request);
    account.notify(row, "e-mail address"); // to the old one: `row` is as it was
    const text = `Your e-mail address is ${address} now.`;
    const view = noticeView("Address changed", text, account.urlOf(request));
    return { kind: "show", view };
  }

  function expired(request: LoginRequest): Rejected {
    const message = "This link is no longer valid. Please ask for a new one.";
    return { kind: "rejected", reason: "expired", view: form(request), message };
  }
}
