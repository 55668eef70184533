// `?signup`: mails a link to whoever wants an account; the account begins with the password behind it.

import {
  type LoginRequest,
  type LoginStep,
  type LoginView,
  newToken,
  type Rejected,
  readPasswordField,
} from "@latchkey/auth-core";
import { mailAddress } from "@latchkey/mail";
import type { Row } from "@latchkey/table";
import type { DbSettings } from "../db-login-options.ts";
import type { DbUser } from "../db-user.ts";
import { isBusy } from "../hash-error.ts";
import type { AccountContext } from "./account-context.ts";
import { accountMail } from "./account-mails.ts";
import type { SignupOptions } from "./account-options.ts";
import type { AccountPage } from "./account-page.ts";
import { emailField, linkView, newPasswordField, noticeView, userField } from "./account-views.ts";
import { readSignup, readSignupFields, type Signup } from "./signup-fields.ts";

export function signupPage(
  settings: DbSettings,
  account: AccountContext,
  options: SignupOptions & { key: string },
): AccountPage {
  const { key, labels = {} } = options;
  const { table, columns, fields } = settings;
  const { email, limit, rules } = account;
  const form = readSignupFields(options, settings, email);
  const tokens = account.tokens("signup");
  const mail = accountMail(account, "signup", options);
  const takenMail = accountMail(account, "taken", options.taken);

  return {
    key,
    label: "Sign up",
    account: () => null,
    async step(request): Promise<LoginStep<DbUser>> {
      const given = account.tokenOf(request, key);
      if (given !== null)
        return request.method === "GET" ? open(request, given) : set(request, given);
      if (request.method === "GET") return { kind: "show", view: view(request) };
      return ask(request);
    },
  };

  function view(request: LoginRequest): LoginView {
    return {
      title: "Sign up",
      logsIn: false,
      fields: [
        ...(form.user === null ? [] : [userField(form.user, null)]),
        emailField(email.field, "E-mail address"),
        ...form.columns.map(([field]) => ({
          name: field,
          label: labels[field] ?? field,
          type: "text" as const,
          autocomplete: "on",
        })),
      ],
      submit: "Sign up",
      action: account.urlOf(request, key),
      links: [{ label: "Log in", url: account.urlOf(request) }],
    };
  }

  async function ask(request: LoginRequest): Promise<LoginStep<DbUser>> {
    const signup = readSignup(request.fields, form, email);
    if (typeof signup === "string") {
      return { kind: "rejected", reason: "invalid-input", view: view(request), message: signup };
    }
    const complaint = await validate(request.fields);
    if (complaint !== null) {
      return { kind: "rejected", reason: "invalid-input", view: view(request), message: complaint };
    }
    if (!(await limit.allows(signup.email, request.exchange.ip))) {
      return account.tooManyMails(view(request));
    }
    // Apart from the answer: whether there is such an account, only the owner of the mailbox is told.
    account.later(() => mailLink(signup));
    return {
      kind: "show",
      view: noticeView(
        "Look into your mail",
        `A mail is on its way to ${signup.email}. Its link is valid for ${account.minutes} minutes.`,
        account.urlOf(request),
      ),
    };
  }

  /** @returns What to tell the visitor; `null` when all is well. */
  async function validate(given: Readonly<Record<string, string>>): Promise<string | null> {
    const refused = "Please check what you typed.";
    try {
      const verdict = await (options.validate?.(given) ?? true);
      if (typeof verdict === "string") return verdict;
      return verdict === true ? null : refused;
    } catch (error) {
      settings.onError(error);
      return refused;
    }
  }

  async function mailLink(signup: Signup): Promise<void> {
    const { user, email: to } = signup;
    if (await isTaken(signup)) {
      await takenMail(to, { user, login_url: account.url });
      return;
    }
    const token = newToken();
    await tokens.keep(token, { ...signup }, account.expiry());
    const values = { ...rowOf(signup), user, minutes: account.minutes };
    await mail(to, { ...values, reset_url: account.linkUrl(key, token) });
  }

  async function isTaken({ user, email: address }: Signup): Promise<boolean> {
    const looks: [column: string, value: string][] = [
      [columns.user, user],
      [email.column, address],
    ];
    for (const [column, value] of looks) {
      if ((await table.find(column, value, 1)).length > 0) return true;
    }
    return false;
  }

  function rowOf({ user, email: address, more }: Signup): Row {
    return { ...options.row, ...more, [email.column]: address, [columns.user]: user };
  }

  async function open(request: LoginRequest, token: string): Promise<LoginStep<DbUser>> {
    const signup = signupIn(await tokens.read(token));
    if (signup === null) return expired(request);
    return { kind: "show", view: passwordForm(request, token, signup) };
  }

  function passwordForm(request: LoginRequest, token: string, { user }: Signup): LoginView {
    const field = newPasswordField(fields.password, rules.hint);
    const message = `Your user name is ${user}.`;
    return linkView("Choose a password", token, account.urlOf(request, key), field, message);
  }

  async function set(request: LoginRequest, token: string): Promise<LoginStep<DbUser>> {
    const signup = signupIn(await tokens.read(token));
    if (signup === null) return expired(request);
    const again = passwordForm(request, token, signup);
    const password = readPasswordField(request.fields, fields.password);
    if (password === null) return { kind: "rejected", reason: "bad-request", view: again };
    const message = await rules.complaint(password, [signup.user, signup.email]);
    if (message !== null)
      return { kind: "rejected", reason: "invalid-input", view: again, message };
    try {
      const hash = await settings.hasher.hash(password);
      if ((await tokens.take(token)) === null) return expired(request);
      const row = { ...rowOf(signup), [columns.password]: hash };
      // Whoever confirms first has the name; nobody's row is touched by who comes second.
      if ((await isTaken(signup)) || !(await table.insertIfAbsent(row, columns.user))) {
        const taken = "This name or address was taken in the meantime.";
        return { kind: "rejected", reason: "invalid-input", view: view(request), message: taken };
      }
    } catch (error) {
      if (isBusy(error)) return { kind: "rejected", reason: "busy", view: again };
      throw error;
    }
    const text = "Your account is there. You can log in now.";
    return { kind: "show", view: noticeView("Welcome", text, account.urlOf(request)) };
  }

  function expired(request: LoginRequest): Rejected {
    const message = "This link is no longer valid. Please sign up again.";
    return { kind: "rejected", reason: "expired", view: view(request), message };
  }
}

function signupIn(value: Record<string, unknown> | null): Signup | null {
  const { user, email, more } = value ?? {};
  if (typeof user !== "string" || mailAddress(email) === null || typeof email !== "string") {
    return null;
  }
  return { user, email, more: Object.fromEntries(Object.entries(more ?? {})) };
}
