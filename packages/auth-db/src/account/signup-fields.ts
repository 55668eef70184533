// Which fields a sign-up has, and what may be in them. Whatever else is sent never reaches the table.

import { readPasswordField } from "@latchkey/auth-core";
import { mailAddress } from "@latchkey/mail";
import type { DbSettings } from "../db-login-options.ts";
import type { SignupOptions } from "./account-options.ts";
import { tokenField } from "./account-views.ts";

export interface Signup {
  user: string;
  email: string;
  /** The other columns. */
  more: Record<string, string>;
}

export interface SignupFields {
  /** `null` where the address is the user name. */
  user: string | null;
  columns: readonly (readonly [field: string, column: string])[];
}

/** @throws {TypeError} Naming the option. */
export function readSignupFields(
  options: SignupOptions,
  { columns, fields, id }: DbSettings,
  email: { column: string; field: string },
): SignupFields {
  const more = Object.entries(options.columns ?? {});
  const ownFields = [fields.user, fields.password, email.field, tokenField];
  const ownColumns = [columns.user, columns.password, email.column, id.column];
  for (const [field, column] of more) {
    if (ownFields.includes(field) || ownColumns.includes(column) || column === "") {
      throw new TypeError(`signup.columns: '${field}: ${column}' is the sign-up's own already`);
    }
  }
  for (const column of Object.keys(options.row ?? {})) {
    if (ownColumns.includes(column) || more.some(([, other]) => other === column)) {
      throw new TypeError(`signup.row must not set '${column}': the form does`);
    }
  }
  return { user: email.column === columns.user ? null : fields.user, columns: more };
}

/** @returns A sentence for the visitor when something is wrong. */
export function readSignup(
  sent: Readonly<Record<string, string>>,
  form: SignupFields,
  email: { field: string },
): Signup | string {
  // One account per mailbox: no provider tells addresses apart by case.
  const address = mailAddress(sent[email.field]?.trim())?.toLowerCase() ?? null;
  if (address === null) return "Please give a valid e-mail address.";
  const typed = form.user === null ? address : readPasswordField(sent, form.user)?.trim();
  const user = typed?.toLowerCase() === address ? address : typed; // the address, typed again
  if (!user || user.length > 128 || !(user === address || plainName.test(user))) {
    return "Please choose a user name of letters and digits.";
  }
  const more: Record<string, string> = {};
  for (const [field, column] of form.columns) {
    const value = Object.hasOwn(sent, field) ? (sent[field] ?? "") : "";
    if (value.length > 1_024 || /\0|\p{Surrogate}/u.test(value)) {
      return "Please check what you typed.";
    }
    more[column] = value;
  }
  return { user, email: address, more };
}

// No `@`, `+`, `\` or `:`: a name must not be what another login calls somebody, such as an address,
// a phone number or `DOMAIN\user`. Nor anything that a mail program would make a link.
const plainName = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._'-]*$/u;
