// The pages beside the login form that the options ask for.

import type { Row } from "@latchkey/table";
import type { DbSettings } from "../db-login-options.ts";
import { createAccountContext } from "./account-context.ts";
import type {
  AccountOptions,
  ChangeOptions,
  ForgotOptions,
  SignupOptions,
} from "./account-options.ts";
import type { AccountPage } from "./account-page.ts";
import { changeEmailPage } from "./change-email-page.ts";
import { changePasswordPage } from "./change-password-page.ts";
import { forgotPage } from "./forgot-page.ts";
import { signupPage } from "./signup-page.ts";

export interface Accounts {
  readonly pages: readonly AccountPage[];
  /** Somebody has logged in. */
  loggedIn(row: Row, ip: string): void;
}

/** @throws {TypeError} Naming the option. */
export function createAccounts(
  options: AccountOptions,
  settings: DbSettings,
  name: string,
): Accounts {
  const forgot = withKey("forgot", given<ForgotOptions>(options.forgot, {}));
  const signup = withKey("signup", given<SignupOptions>(options.signup, {}));
  const change = withKey("change", given<ChangeOptions>(options.change, {}));
  if (!forgot && !signup && !change) return { pages: [], loggedIn: () => {} };
  const emailKey = change?.emailKey ?? "email";
  const keys = [forgot?.key, signup?.key, change?.key, change && emailKey].filter(
    (key) => typeof key === "string",
  );
  if (keys.includes("") || new Set(keys).size < keys.length) {
    throw new TypeError(
      "forgot.key, signup.key, change.key and change.emailKey must be four names",
    );
  }
  const context = createAccountContext(options, settings, name, keys);
  const pages = [
    ...(forgot ? [forgotPage(settings, context, forgot)] : []),
    ...(signup ? [signupPage(settings, context, signup)] : []),
    ...(change ? [changePasswordPage(settings, context, change)] : []),
    ...(change && emailKey !== false
      ? [changeEmailPage(settings, context, { ...change, emailKey })]
      : []),
  ];
  return { pages, loggedIn: context.trust };
}

function given<Options>(option: true | Options | undefined, none: Options): Options | null {
  return option === true ? none : (option ?? null);
}

function withKey<Options extends { key?: string }>(
  key: string,
  options: Options | null,
): (Options & { key: string }) | null {
  return options && { ...options, key: options.key ?? key };
}
