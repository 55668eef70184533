// Whose password was typed right: changes need it once more, even of somebody who is logged in.

import {
  type LoginRequest,
  type LoginView,
  type Rejected,
  readPasswordField,
} from "@latchkey/auth-core";
import type { Row } from "@latchkey/table";
import type { DbSettings } from "../db-login-options.ts";
import { isBusy } from "../hash-error.ts";
import { checkPassword, readUser } from "../password-check.ts";

export type Proof = { kind: "proven"; row: Row } | Rejected;

/** @param view To try again with. */
export async function provenRow(
  settings: DbSettings,
  request: LoginRequest,
  view: LoginView,
): Promise<Proof> {
  const user = readUser(request, settings.fields.user);
  const password = readPasswordField(request.fields, settings.fields.password);
  if (user === null || password === null) return { kind: "rejected", reason: "bad-request", view };
  try {
    const checked = await checkPassword(settings, user, password);
    if (checked === null) return { kind: "rejected", reason: "invalid-credentials", view };
    return { kind: "proven", row: checked.row };
  } catch (error) {
    if (isBusy(error)) return { kind: "rejected", reason: "busy", view };
    throw error;
  }
}
