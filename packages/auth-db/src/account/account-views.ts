// The forms beside the login form.

import type { LoginField, LoginView } from "@latchkey/auth-core";

/** A page that only says something. */
export function noticeView(title: string, message: string, loginUrl: string): LoginView {
  return { title, message, fields: [], submit: null, links: [{ label: "Log in", url: loginUrl }] };
}

/** Behind a mailed link: what it is for waits for a button, since mail programs open links, too. */
export function linkView(
  title: string,
  token: string,
  action: string,
  field: LoginField | null,
  message?: string,
): LoginView {
  return {
    title,
    ...(message === undefined ? {} : { message }),
    fields: field === null ? [] : [field],
    hidden: [{ name: tokenField, value: token }],
    submit: field === null ? "Confirm" : "Save",
    logsIn: false,
    action,
  };
}

/** Name of the hidden field with the token of a mailed link. */
export const tokenField = "token";

export function newPasswordField(name: string, hint: string): LoginField {
  return { name, label: "New password", type: "password", autocomplete: "new-password", hint };
}

export function userField(name: string, value: string | null): LoginField {
  return {
    name,
    label: "User name",
    type: "text",
    autocomplete: "username",
    ...(value === null ? {} : { value }),
  };
}

export function emailField(name: string, label: string): LoginField {
  return { name, label, type: "email", autocomplete: "email" };
}
