// `?change`: another password, by whoever knows the present one.

import {
  type LoginRequest,
  type LoginStep,
  type LoginView,
  readPasswordField,
} from "@latchkey/auth-core";
import type { DbSettings } from "../db-login-options.ts";
import { type DbUser, nameOf, userOf } from "../db-user.ts";
import { isBusy } from "../hash-error.ts";
import { readUser } from "../password-check.ts";
import type { AccountContext } from "./account-context.ts";
import type { ChangeOptions } from "./account-options.ts";
import type { AccountPage } from "./account-page.ts";
import { changeRow } from "./account-row.ts";
import { newPasswordField, noticeView, userField } from "./account-views.ts";
import { provenRow } from "./proven-row.ts";

export function changePasswordPage(
  settings: DbSettings,
  account: AccountContext,
  options: ChangeOptions & { key: string },
): AccountPage {
  const { key, field = "new_password" } = options;
  const { columns, fields } = settings;
  const { email, rules } = account;

  return {
    key,
    label: null,
    account: (request) => (request.method === "POST" ? readUser(request, fields.user) : null),
    async step(request): Promise<LoginStep<DbUser>> {
      const user = readUser(request, fields.user);
      const view = form(request, user);
      if (request.method === "GET") return { kind: "show", view };
      const next = readPasswordField(request.fields, field);
      if (next === null) return { kind: "rejected", reason: "bad-request", view };
      // First who it is: strangers must not have new passwords looked at, which may ask a service.
      const proof = await provenRow(settings, request, view);
      if (proof.kind !== "proven") return proof;
      const about = [nameOf(proof.row, settings), String(proof.row[email.column] ?? "")];
      const message = await rules.complaint(next, about);
      if (message !== null) return { kind: "rejected", reason: "invalid-input", view, message };
      return change(request, view, proof.row, next);
    },
  };

  function form(request: LoginRequest, user: string | null): LoginView {
    return {
      title: "Change your password",
      logsIn: false,
      fields: [
        userField(fields.user, user),
        {
          name: fields.password,
          label: "Present password",
          type: "password",
          autocomplete: "current-password",
        },
        newPasswordField(field, rules.hint),
      ],
      submit: "Change",
      action: account.urlOf(request, key),
      links: [{ label: "Log in", url: account.urlOf(request) }],
    };
  }

  async function change(
    request: LoginRequest,
    view: LoginView,
    row: Parameters<typeof changeRow>[0],
    next: string,
  ): Promise<LoginStep<DbUser>> {
    try {
      const hash = await settings.hasher.hash(next);
      if (!(await changeRow(row, { [columns.password]: hash }, settings, email.column))) {
        return { kind: "rejected", reason: "invalid-credentials", view };
      }
    } catch (error) {
      if (isBusy(error)) return { kind: "rejected", reason: "busy", view };
      throw error;
    }
    account.notify(row, "password");
    const text = "Your password was changed, and you were logged out everywhere.";
    return {
      kind: "show",
      view: noticeView("Password changed", text, account.urlOf(request)),
      endSessionsOf: userOf(row, settings).id,
    };
  }
}
