// What the operator is told about a login that the directory refused or could not decide.

/**
 * Refusals, which the visitor only knows as `invalid-credentials`:
 * - `ERR_LDAP_CREDENTIALS`: wrong password; many directories say the same of an unknown user.
 * - `ERR_LDAP_UNKNOWN_USER`: the search found nobody, or Active Directory says so (525).
 * - `ERR_LDAP_AMBIGUOUS_USER`: the search found more than one entry.
 * - `ERR_LDAP_LOGON_HOURS`, `ERR_LDAP_WORKSTATION`: not at this time (530), not from here (531).
 * - `ERR_LDAP_PASSWORD_EXPIRED`, `ERR_LDAP_MUST_CHANGE_PASSWORD`, `ERR_LDAP_LOCKED`: by Active
 *   Directory (532, 773, 775) or by the password policy of another directory.
 * - `ERR_LDAP_DISABLED`, `ERR_LDAP_ACCOUNT_EXPIRED`: by Active Directory (533, 701).
 * - `ERR_LDAP_BIND_REFUSED`: the directory refused for another reason; see `cause`.
 * - `ERR_LDAP_ENTRY`: the password was right, but the entry is not that user's or has no usable id.
 *
 * Faults, which the visitor only knows as `unavailable`:
 * - `ERR_LDAP_CONNECT`, `ERR_LDAP_TIMEOUT`: the server is away, or too slow.
 * - `ERR_LDAP_TLS`: no TLS, or a certificate that is not trusted. Nothing secret was sent.
 * - `ERR_LDAP_BUSY`: the server says that it can't answer now.
 * - `ERR_LDAP_SERVICE_ACCOUNT`: the directory refused `bind`.
 * - `ERR_LDAP_WHO_AM_I`: the server doesn't say who is logged in; `search` has to.
 * - `ERR_LDAP_REFERRAL`: the server points to another one; that is never followed.
 * - `ERR_LDAP_SEARCH`: the directory refused a search: base, filter or rights.
 * - `ERR_LDAP_NESTED_GROUPS`: this server can't look up nested groups.
 */
export type LdapErrorCode = RefusalCode | FaultCode;

type RefusalCode =
  | "ERR_LDAP_CREDENTIALS"
  | "ERR_LDAP_UNKNOWN_USER"
  | "ERR_LDAP_AMBIGUOUS_USER"
  | "ERR_LDAP_LOGON_HOURS"
  | "ERR_LDAP_WORKSTATION"
  | "ERR_LDAP_PASSWORD_EXPIRED"
  | "ERR_LDAP_MUST_CHANGE_PASSWORD"
  | "ERR_LDAP_LOCKED"
  | "ERR_LDAP_DISABLED"
  | "ERR_LDAP_ACCOUNT_EXPIRED"
  | "ERR_LDAP_BIND_REFUSED"
  | "ERR_LDAP_ENTRY";

export type FaultCode =
  | "ERR_LDAP_CONNECT"
  | "ERR_LDAP_TIMEOUT"
  | "ERR_LDAP_TLS"
  | "ERR_LDAP_BUSY"
  | "ERR_LDAP_SERVICE_ACCOUNT"
  | "ERR_LDAP_WHO_AM_I"
  | "ERR_LDAP_REFERRAL"
  | "ERR_LDAP_SEARCH"
  | "ERR_LDAP_NESTED_GROUPS";

/** A login that failed. The message has neither the password nor the user's name. */
export class LdapLoginError extends Error {
  override readonly name = "LdapLoginError";
  readonly code: LdapErrorCode;
  /** URL of the server that was asked. */
  readonly server: string;
  /** What was typed as the user name. */
  readonly account: string;

  constructor(code: LdapErrorCode, at: { server: string; account: string; cause?: unknown }) {
    super(`${messages[code]} (${at.server})`, at.cause === undefined ? {} : { cause: at.cause });
    this.code = code;
    this.server = at.server;
    this.account = at.account;
  }
}

/** A login came to its end inside the directory's work: refused, or no answer to be had. */
export class Failure extends Error {
  readonly code: LdapErrorCode;
  constructor(code: LdapErrorCode, cause?: unknown) {
    super(messages[code], cause === undefined ? {} : { cause });
    this.code = code;
  }
}

/** Whether the visitor may be told that the directory is away, rather than that he is wrong. */
export function isFault(code: LdapErrorCode): code is FaultCode {
  switch (code) {
    case "ERR_LDAP_CONNECT":
    case "ERR_LDAP_TIMEOUT":
    case "ERR_LDAP_TLS":
    case "ERR_LDAP_BUSY":
    case "ERR_LDAP_SERVICE_ACCOUNT":
    case "ERR_LDAP_WHO_AM_I":
    case "ERR_LDAP_REFERRAL":
    case "ERR_LDAP_SEARCH":
    case "ERR_LDAP_NESTED_GROUPS":
      return true;
    default:
      return false;
  }
}

const messages: Readonly<Record<LdapErrorCode, string>> = {
  ERR_LDAP_CREDENTIALS: "wrong user name or password",
  ERR_LDAP_UNKNOWN_USER: "the directory knows no such user",
  ERR_LDAP_AMBIGUOUS_USER: "search.filter matches more than one entry",
  ERR_LDAP_LOGON_HOURS: "the user may not log in at this time",
  ERR_LDAP_WORKSTATION: "the user may not log in from this machine",
  ERR_LDAP_PASSWORD_EXPIRED: "the user's password has expired",
  ERR_LDAP_MUST_CHANGE_PASSWORD: "the user must change the password first",
  ERR_LDAP_LOCKED: "the user is locked after too many wrong passwords",
  ERR_LDAP_DISABLED: "the user is disabled",
  ERR_LDAP_ACCOUNT_EXPIRED: "the user's account has expired",
  ERR_LDAP_BIND_REFUSED: "the directory refuses this user",
  ERR_LDAP_ENTRY: "the entry found is not the user's own, or lacks what search.user asks for",
  ERR_LDAP_CONNECT: "no connection to the directory",
  ERR_LDAP_TIMEOUT: "the directory did not answer in time",
  ERR_LDAP_TLS: "no trusted TLS connection to the directory",
  ERR_LDAP_BUSY: "the directory can't answer now",
  ERR_LDAP_SERVICE_ACCOUNT: "the directory refuses bind.dn and bind.password",
  ERR_LDAP_WHO_AM_I: "the directory doesn't say who is logged in: add search with search.user",
  ERR_LDAP_REFERRAL: "the directory refers to another server, which is not followed",
  ERR_LDAP_SEARCH: "the directory refuses the search",
  ERR_LDAP_NESTED_GROUPS: 'groups: "nested" needs Active Directory; this server has no such rule',
};
