// A page beside the login form, at `?key`: a forgotten password, signing up, a change.

import type { LoginRequest, LoginStep } from "@latchkey/auth-core";
import type { DbUser } from "../db-user.ts";

export interface AccountPage {
  /** Name of the query parameter that opens it; its value is the token of a mailed link. */
  readonly key: string;
  /** The link to it below the login form; `null` for none. */
  readonly label: string | null;
  /** The account whose password a request tries. */
  account(request: LoginRequest): string | null;
  step(request: LoginRequest): Promise<LoginStep<DbUser>>;
}

/** The login form's address with `?key` instead of any other page's, and what else was asked for. */
export function pageUrl({ url }: LoginRequest, keys: readonly string[], key?: string): string {
  const query = new URLSearchParams(url.search);
  for (const name of keys) query.delete(name);
  if (key !== undefined) query.set(key, "");
  return url.pathname + (query.size > 0 ? `?${query}` : "");
}
