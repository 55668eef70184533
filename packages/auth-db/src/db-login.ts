// Logging in with users from a table.

import {
  type LoginMethod,
  type LoginRequest,
  type LoginStep,
  type LoginView,
  passwordView,
  readPasswordField,
} from "@latchkey/auth-core";
import { pageUrl } from "./account/account-page.ts";
import { createAccounts } from "./account/account-pages.ts";
import { type DbLoginOptions, type DbSettings, readDbOptions } from "./db-login-options.ts";
import { type DbUser, loadUser, userOf } from "./db-user.ts";
import { isBusy } from "./hash-error.ts";
import { type CheckedRow, checkPassword, isStored, readUser } from "./password-check.ts";

export interface DbLogin extends LoginMethod<DbUser> {
  /**
   * The user of this id as the table is now, without hidden columns, for the `loadUser` of the sessions;
   * `null` when the user is gone or not active, and for ids that this login didn't give.
   */
  loadUser(id: string): Promise<DbUser | null>;
}

/**
 * Logs in with a user name and a password that are looked up in a table.
 *
 * Hashes of older schemes or lower cost are replaced at the first login, unless somebody changes the
 * password in the meantime. Unknown and disabled users cost the same work as a wrong password and
 * get the same answer.
 *
 * @throws {TypeError} When an option is wrong.
 * @example
 * const login = dbLogin({ table: csvTable("users.csv"), isActive: (row) => row["active"] === "yes" });
 */
export function dbLogin(options: DbLoginOptions): DbLogin {
  const settings = readDbOptions(options);
  const { fields } = settings;
  const { name = "db" } = options;
  const { pages, loggedIn } = createAccounts(options, settings, name);
  const keys = pages.map(({ key }) => key);

  return {
    name,
    loadUser: (id) => loadUser(id, settings),
    account(request) {
      const page = pageAt(request);
      if (page) return page.account(request);
      return request.method === "POST" ? readUser(request, fields.user) : null;
    },
    async step(request): Promise<LoginStep<DbUser>> {
      const page = pageAt(request);
      if (page) return page.step(request);
      if (request.method === "GET") return { kind: "show", view: form(request, null) };
      return login(request);
    },
  };

  function pageAt({ url }: LoginRequest): (typeof pages)[number] | undefined {
    return pages.find(({ key }) => url.searchParams.has(key));
  }

  function form(request: LoginRequest, user: string | null): LoginView {
    const links = pages.flatMap(({ key, label }) =>
      label === null ? [] : [{ label, url: pageUrl(request, keys, key) }],
    );
    return { ...passwordView(fields, user), ...(links.length > 0 && { links }) };
  }

  async function login(request: LoginRequest): Promise<LoginStep<DbUser>> {
    const user = readUser(request, fields.user);
    const password = readPasswordField(request.fields, fields.password);
    const view = form(request, user);
    if (user === null || password === null) {
      return { kind: "rejected", reason: "bad-request", view };
    }
    try {
      const checked = await checkPassword(settings, user, password);
      if (checked === null) return { kind: "rejected", reason: "invalid-credentials", view };
      const { row, outdated } = checked;
      const stored = outdated ? await upgrade(settings, checked, password) : checked.stored;
      loggedIn(row, request.exchange.ip);
      // A new password ends all sessions that there are: not the one that this login begins.
      const still = async (): Promise<boolean> =>
        (await isStored(settings, user, stored)) || (await isRightStill(user, password));
      return { kind: "accepted", user: userOf(row, settings), still };
    } catch (error) {
      if (isBusy(error)) return { kind: "rejected", reason: "busy", view };
      throw error;
    }
  }

  /** Another login may have replaced the hash by one of the same password. */
  async function isRightStill(user: string, password: string): Promise<boolean> {
    try {
      return (await checkPassword(settings, user, password)) !== null;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
  }
}

/** Who else writes this now? Maybe a password change, so only the hash that was checked is replaced. */
async function upgrade(
  { table, columns, hasher, onError }: DbSettings,
  { row, stored }: CheckedRow,
  password: string,
): Promise<string> {
  try {
    const next = await hasher.hash(password);
    const where = { [columns.user]: row[columns.user] ?? null, [columns.password]: stored };
    return (await table.update(where, { [columns.password]: next })) > 0 ? next : stored;
  } catch (error) {
    if (!isBusy(error)) onError(error); // when busy, the next login will do it
    return stored;
  }
}
