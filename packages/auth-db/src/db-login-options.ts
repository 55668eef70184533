// The options of dbLogin, checked once, and the one verification that every login costs.

import { safeOnError } from "@latchkey/auth-core";
import type { Row, Table } from "@latchkey/table";
import type { AccountOptions } from "./account/account-options.ts";
import { createEqualWork } from "./equal-work.ts";
import { isBusy } from "./hash-error.ts";
import { type PasswordHasher, sharedPasswordHasher, type Verification } from "./password-hasher.ts";

export interface DbLoginOptions extends AccountOptions {
  /** The users, e.g. `csvTable("users.csv")` or `sqlTable(db, "users")`. */
  table: Table;
  /** Default `db`. */
  name?: string;
  user?: {
    /** Column with the user name. Default `user`. */
    column?: string;
    /** Name of the form field. Default `user`. */
    field?: string;
  };
  /** Where the user's id comes from, which sessions and everything else go by. */
  id?: {
    /** Column whose value never changes and is nobody else's. Default: the user column. */
    column?: string;
    /** Stands before it, so that no other login of the application gives the same id. Default `""`. */
    prefix?: string;
  };
  password?: {
    /** Column with the password hash. Default `password`. */
    column?: string;
    /** Name of the form field. Default `password`. */
    field?: string;
    /**
     * Checks passwords in a way of your own, where there is no argon2id hash yet. Also called for all
     * others, with an empty `stored` and its answer ignored: it should take equally long then.
     */
    verify?: (password: string, stored: string) => boolean | Promise<boolean>;
    /**
     * Whether what `verify` accepts is replaced by an argon2id hash at login. With `false`, `verify`
     * alone decides for every row. Default `true`.
     */
    upgrade?: boolean;
  };
  /** Whether this user may log in; asked only once the password was right. Default: everybody. */
  isActive?: (row: Row) => boolean | Promise<boolean>;
  /** Columns that never become part of the user, beside the password. */
  hidden?: readonly string[];
  /** Default: the one that all logins of this process share. */
  hasher?: PasswordHasher;
  /** Told of what went wrong without failing a login. Default: a warning of the process. */
  onError?: (error: unknown) => void;
}

/** The options with their defaults. */
export interface DbSettings {
  table: Table;
  columns: { user: string; password: string };
  fields: { user: string; password: string };
  id: { column: string; prefix: string };
  hidden: ReadonlySet<string>;
  hasher: PasswordHasher;
  /** One verification, whether or not there is a stored hash. */
  verify(password: string, stored: string | null): Promise<Verification>;
  /** After a failure: makes it cost the same as everybody else's. */
  levelOut(password: string, stored: string | null): Promise<void>;
  isActive(row: Row): Promise<boolean>;
  onError(error: unknown): void;
}

/** @throws {TypeError} Naming the option. */
export function readDbOptions(options: DbLoginOptions): DbSettings {
  const { table, user = {}, password = {}, hidden = [], isActive = () => true } = options;
  const { hasher = sharedPasswordHasher() } = options;
  const onError = safeOnError(options.onError ?? warn);
  if (typeof table?.find !== "function") throw new TypeError("table must be a table of users");
  const columns = { user: user.column ?? "user", password: password.column ?? "password" };
  const fields = { user: user.field ?? "user", password: password.field ?? "password" };
  requireTwoNames("column", columns);
  requireTwoNames("field", fields);
  const id = { column: options.id?.column ?? columns.user, prefix: options.id?.prefix ?? "" };
  if (typeof id.column !== "string" || id.column === "" || id.column === columns.password) {
    throw new TypeError("id.column must be the name of a column, and not the password's");
  }
  if (typeof id.prefix !== "string") throw new TypeError("id.prefix must be a text");

  const byHasher = createEqualWork(hasher);

  async function askFunction(given: string, stored: string | null): Promise<boolean> {
    const ok = (await password.verify?.(given, stored ?? "")) === true;
    return ok && stored !== null;
  }

  /** Both for everybody, so that none of the two kinds of row can be told from the time. */
  async function byBoth(given: string, stored: string | null): Promise<Verification> {
    const hash = newHash(stored);
    const known = await byHasher.verify(given, hash);
    // A function that compares texts would take a hash for the password that it is made of.
    const ok = await askFunction(given, hash === null ? stored : null);
    return hash === null ? { ok, outdated: ok } : known;
  }

  async function byFunction(given: string, stored: string | null): Promise<Verification> {
    return { ok: await askFunction(given, stored), outdated: false };
  }

  const own = password.upgrade === false ? byFunction : byBoth;
  const check = password.verify ? own : byHasher.verify;

  async function rest(given: string, stored: string | null): Promise<void> {
    if (!password.verify) await byHasher.rest(given, stored);
    else if (own === byBoth) await byHasher.rest(given, newHash(stored));
  }

  if (own === byFunction && (options.forgot || options.signup || options.change)) {
    throw new TypeError("forgot, signup and change make hashes: leave password.upgrade on");
  }
  return {
    table,
    columns,
    fields,
    id,
    hasher,
    onError,
    hidden: new Set([columns.password, ...hidden]),
    isActive: async (row) => (await isActive(row)) === true,
    async verify(given, stored) {
      try {
        return await check(given, stored);
      } catch (error) {
        if (isBusy(error)) throw error;
        // A hash that can't be checked must not tell that its user exists.
        onError(error);
        await hasher.dummyVerify(given);
        return { ok: false, outdated: false };
      }
    },
    async levelOut(given, stored) {
      try {
        await rest(given, stored);
      } catch (error) {
        // The password was wrong, however busy the hasher is: it must count.
        if (!isBusy(error)) onError(error);
      }
    },
  };
}

/** `null` for what a function of the application's own checks. */
function newHash(stored: string | null): string | null {
  return stored?.startsWith("$argon2id$") ? stored : null;
}

function requireTwoNames(what: string, names: { user: string; password: string }): void {
  for (const option of ["user", "password"] as const) {
    if (typeof names[option] !== "string" || names[option] === "") {
      throw new TypeError(`${option}.${what} must be the name of a ${what}`);
    }
  }
  if (names.user === names.password) {
    throw new TypeError(`user.${what} and password.${what} are equal`);
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
