// Proving a password by a simple bind, and reading from the answer why it was refused.

import {
  type Client,
  PasswordPolicyControl,
  PasswordPolicyError,
  ResultCodeError,
  SASL_MECHANISMS,
} from "ldapts";
import { Failure, type LdapErrorCode } from "./ldap-login-error.ts";
import { faultOf } from "./result-code.ts";

/**
 * Resolves only when the directory accepted this password for this name.
 *
 * @throws {Failure} With a refusal, or a fault of the server.
 */
export async function bindUser(client: Client, name: string, password: string): Promise<void> {
  // RFC 4513 §5.1.2: without a password it succeeds and proves nothing.
  if (name === "" || password === "") throw new Failure("ERR_LDAP_CREDENTIALS");
  // ldapts would take these for a SASL mechanism and not send the password as one. EXTERNAL could
  // even log in as this application, by the certificate of its connection.
  if (saslNames.has(name)) throw new Failure("ERR_LDAP_CREDENTIALS");
  const policy = new PasswordPolicyControl();
  try {
    await client.bind(name, password, policy);
  } catch (error) {
    throw new Failure(refusalOf(error, policy.value?.error), error);
  }
  // The password is right, but good for nothing except changing it.
  const said = byPolicy(policy.value?.error);
  if (said !== null) throw new Failure(said);
}

/** The account that searches. @throws {Failure} */
export async function bindService(
  client: Client,
  { dn, password }: { dn: string; password: string },
): Promise<void> {
  try {
    await client.bind(dn, password);
  } catch (error) {
    throw new Failure(faultOf(error) ?? "ERR_LDAP_SERVICE_ACCOUNT", error);
  }
}

function refusalOf(error: unknown, policy: number | undefined): LdapErrorCode {
  const fault = faultOf(error);
  if (fault !== null) return fault;
  const code = error instanceof ResultCodeError ? error.code : null;
  switch (code) {
    case 49: // invalidCredentials
      return byPolicy(policy) ?? byActiveDirectory(error) ?? "ERR_LDAP_CREDENTIALS";
    case 32: // noSuchObject
    case 34: // invalidDNSyntax
    case 48: // inappropriateAuthentication: the entry has no password
      return "ERR_LDAP_CREDENTIALS";
    default:
      return byPolicy(policy) ?? "ERR_LDAP_BIND_REFUSED";
  }
}

/** draft-behera-ldap-password-policy-10 §6.2, as far as it is about logging in. */
function byPolicy(error: number | undefined): LdapErrorCode | null {
  switch (error) {
    case PasswordPolicyError.PasswordExpired:
      return "ERR_LDAP_PASSWORD_EXPIRED";
    case PasswordPolicyError.AccountLocked:
      return "ERR_LDAP_LOCKED";
    case PasswordPolicyError.ChangeAfterReset:
      return "ERR_LDAP_MUST_CHANGE_PASSWORD";
    default:
      return null;
  }
}

/** `80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data 52e, v4563` */
function byActiveDirectory(error: unknown): LdapErrorCode | null {
  const text = error instanceof Error ? error.message : "";
  const data = /LdapErr:.*\bdata ([0-9a-f]+)\b/i.exec(text)?.[1]?.toLowerCase();
  return (data === undefined ? undefined : dataCodes.get(data)) ?? null;
}

const dataCodes: ReadonlyMap<string, LdapErrorCode> = new Map<string, LdapErrorCode>([
  ["525", "ERR_LDAP_UNKNOWN_USER"],
  ["52e", "ERR_LDAP_CREDENTIALS"],
  ["530", "ERR_LDAP_LOGON_HOURS"],
  ["531", "ERR_LDAP_WORKSTATION"],
  ["532", "ERR_LDAP_PASSWORD_EXPIRED"],
  ["533", "ERR_LDAP_DISABLED"],
  ["701", "ERR_LDAP_ACCOUNT_EXPIRED"],
  ["773", "ERR_LDAP_MUST_CHANGE_PASSWORD"],
  ["775", "ERR_LDAP_LOCKED"],
]);

const saslNames: ReadonlySet<string> = new Set(SASL_MECHANISMS);
