// The options of ldapLogin.

import type { Duration } from "@latchkey/session-core";
import type { LdapLoginError } from "./ldap-login-error.ts";

export interface LdapLoginOptions {
  /**
   * `ldaps://dc1.corp.example` (port 636), or `ldap://dc1.corp.example` (port 389), which is
   * encrypted by StartTLS before anything else. Several are tried in order.
   */
  url: string | readonly string[];
  /**
   * Direct login: the name to log in with at the directory, such as `CORP\{user}`,
   * `{user}@corp.example` or `uid={user},ou=people,dc=corp,dc=example`. Not `{user}` alone.
   */
  user?: string;
  /** Instead of `user`: the account that searches for users. */
  bind?: {
    /** A DN, or another name that the directory takes. */
    dn: string;
    password: string;
  };
  /** Where to find the user's entry. Required with `bind`; else it adds attributes. */
  search?: LdapSearchOptions;
  /**
   * Which groups the user gets: those that the entry's `memberOf` names, with `"nested"` also groups of
   * groups (Active Directory only), or those that a filter of your own finds; `{dn}` and every
   * attribute of the entry may stand in it. Default `"memberOf"`.
   */
  groups?: "memberOf" | "nested" | { filter: string; base?: string };
  tls?: {
    /** PEM of the authorities to trust, instead of those that Node trusts. */
    ca?: string | Buffer | readonly (string | Buffer)[];
    /** What the certificate must be for, where that is not the host in `url`. */
    servername?: string;
  };
  /** Talks to `ldap://` servers in the clear: everybody in between reads the passwords. Default `false`. */
  plaintext?: boolean;
  /** How long a login may take at the directory, all servers together. Default `'3s'`. */
  timeout?: Duration;
  /** Logins at the directory at once; what is above is told to come back. Default 100. */
  concurrency?: number;
  /** Default `ldap`. */
  name?: string;
  /** Names of the form fields. Default `user` and `password`. */
  fields?: { user?: string; password?: string };
  /**
   * Told why a login failed. Default: a warning of the process, but not for wrong passwords and
   * unknown users.
   */
  onError?: (error: LdapLoginError) => void;
}

export interface LdapSearchOptions {
  /** The DN below which users are, e.g. `dc=corp,dc=example`. */
  base: string;
  /** Such as `(sAMAccountName={user})`. */
  filter: string;
  /** What becomes the user's id: attributes of the entry in braces. Default `{dn}`. */
  user?: string;
  /** Which attributes become part of the user; `["*"]` for all. */
  attributes?: readonly string[];
}
