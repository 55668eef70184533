// The form that asks for a user name and a password: how it looks and how it is read.

import type { LoginView } from "./login-method.ts";

/** The names of the two form fields. */
export interface PasswordFields {
  user: string;
  password: string;
}

/** @param user What was typed before, if anything. */
export function passwordView(fields: PasswordFields, user: string | null): LoginView {
  return {
    title: "Log in",
    fields: [
      {
        name: fields.user,
        label: "User name",
        type: "text",
        autocomplete: "username",
        ...(user === null ? {} : { value: user }),
      },
      {
        name: fields.password,
        label: "Password",
        type: "password",
        autocomplete: "current-password",
      },
    ],
    submit: "Log in",
  };
}

/**
 * One field exactly as it was sent: nothing is trimmed, folded or normalised.
 *
 * @returns `null` when it is missing, empty, over 1,024 characters or not text.
 */
export function readPasswordField(
  fields: Readonly<Record<string, unknown>>,
  name: string,
): string | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : null;
  if (typeof value !== "string" || value === "" || value.length > maxLength) return null;
  // Half a surrogate pair becomes U+FFFD in UTF-8, so that different texts would be equal.
  return /\p{Surrogate}/u.test(value) ? null : value;
}

const maxLength = 1_024;
