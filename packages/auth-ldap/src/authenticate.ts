// One login at one server: directly, or by searching for the user first.

import { randomBytes } from "node:crypto";
import { type Client, ResultCodeError } from "ldapts";
import { bindService, bindUser } from "./bind-user.ts";
import { connect, type LdapServer } from "./connection.ts";
import { type FoundEntry, findEntry } from "./find-entry.ts";
import { Failure, isFault, LdapLoginError } from "./ldap-login-error.ts";
import type { DirectAccess, LdapSettings, SearchAccess } from "./ldap-settings.ts";
import { isSameUser, type LdapUser, searchFor, userOf } from "./ldap-user.ts";
import { faultOf } from "./result-code.ts";
import { escapeDn, fill, isDn } from "./template.ts";

export interface Attempt {
  server: LdapServer;
  signal: AbortSignal;
  user: string;
  password: string;
}

export type Outcome =
  | { kind: "accepted"; user: LdapUser }
  | { kind: "refused"; error: LdapLoginError };

type Connect = () => Promise<Client>;

/** @throws {Failure} With a fault; a refusal is an outcome. */
export async function authenticate(settings: LdapSettings, attempt: Attempt): Promise<Outcome> {
  const open: (() => void)[] = [];
  const connection: Connect = async () => {
    const { client, close } = await connect(attempt.server, settings.tls, attempt.signal);
    open.push(close);
    return client;
  };
  const { access } = settings;
  try {
    const user =
      access.kind === "direct"
        ? await loginDirectly(settings, access, attempt, connection)
        : await loginBySearch(settings, access, attempt, connection);
    return { kind: "accepted", user };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { cause } = error;
    const at = { server: attempt.server.url, account: attempt.user, cause };
    return { kind: "refused", error: new LdapLoginError(error.code, at) };
  } finally {
    for (const close of open) close();
  }
}

async function loginDirectly(
  { groups }: LdapSettings,
  access: DirectAccess,
  { user, password }: Attempt,
  connection: Connect,
): Promise<LdapUser> {
  const name = fill(access.user, () => (isDn(access.user) ? escapeDn(user) : user));
  const client = await connection();
  await bindUser(client, name, password);
  const self = await whoAmI(client);
  if (access.search === null) {
    // What was typed is no id: directories fold case, blanks and more, and a user must have one.
    if (self === null) throw new Failure("ERR_LDAP_WHO_AM_I");
    const dn = self.startsWith("dn:") ? self.slice(3).trim() : null;
    const id = dn ?? self.replace(/^u:/, "");
    return { id, user: id, dn, attributes: {}, groups: [] };
  }
  const entry = await findEntry(client, searchFor(access.search, groups, user));
  // The name was right for the bind, but may mean somebody else to the filter.
  if (self !== null && !isSameUser(entry, self)) throw new Failure("ERR_LDAP_ENTRY");
  return userOf(client, entry, access.search, groups);
}

async function loginBySearch(
  { groups }: LdapSettings,
  { bind, search }: SearchAccess,
  { user, password }: Attempt,
  connection: Connect,
): Promise<LdapUser> {
  const client = await connection();
  await bindService(client, bind);
  let entry: FoundEntry | null = null;
  let refusal: Failure | null = null;
  try {
    entry = await findEntry(client, searchFor(search, groups, user));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    refusal = error;
  }
  // Nobody's name costs as much as somebody's.
  const name = entry?.dn ?? `cn=${randomBytes(16).toString("hex")},${search.base}`;
  try {
    await bindUser(await connection(), name, password);
  } catch (error) {
    throw isRefusal(error) ? (refusal ?? error) : error;
  }
  if (entry === null) throw refusal ?? new Failure("ERR_LDAP_UNKNOWN_USER");
  return userOf(client, entry, search, groups);
}

/**
 * RFC 4532: the directory's own name for who is logged in, `dn:…` or `u:…`; `null` where it doesn't say.
 *
 * @throws {Failure}
 */
async function whoAmI(client: Client): Promise<string | null> {
  try {
    const { value } = await client.exop("1.3.6.1.4.1.4203.1.11.3");
    if (value === "" || value === "dn:") throw new Failure("ERR_LDAP_BIND_REFUSED"); // nobody
    return value ?? null;
  } catch (error) {
    if (error instanceof Failure) throw error;
    const fault = faultOf(error);
    if (fault !== null) throw new Failure(fault, error);
    if (error instanceof ResultCodeError) return null;
    throw error;
  }
}

function isRefusal(error: unknown): error is Failure {
  return error instanceof Failure && !isFault(error.code);
}
