// An OpenLDAP with the people and groups that the tests log in as.

import {
  ensureSlapd,
  SLAPD_SUFFIX,
  type SlapdOptions,
  type SlapdPrograms,
  type SlapdServer,
  startSlapd,
} from "@latchkey/tools/slapd";
import type { LdapLoginOptions } from "../src/index.ts";

const found = await ensureSlapd();
/** Why there is no OpenLDAP here, or `null`. */
export const missing: string | null = "missing" in found ? found.missing : null;
if (missing !== null) console.error(`skipped: ${missing}`);

export const BASE = SLAPD_SUFFIX;
export const PEOPLE = `ou=people,${BASE}`;
export const SERVICE = { dn: `cn=service,${BASE}`, password: "password of the service" };

function programs(): SlapdPrograms {
  if ("missing" in found) throw new Error(found.missing);
  return found;
}

export interface Directory extends SlapdServer {
  /** Direct login by DN, over StartTLS. */
  direct: LdapLoginOptions;
  /** Search, then bind, over StartTLS. */
  search: LdapLoginOptions & { search: { base: string; filter: string } };
}

export async function startDirectory(options: SlapdOptions = {}): Promise<Directory> {
  const server = await startSlapd(programs(), options);
  await server.add(tree);
  const common: LdapLoginOptions = {
    url: `ldap://localhost:${server.port}`,
    timeout: "20s", // the machine may be busy; tests of time set their own
    ...(server.tls === null ? { plaintext: true } : { tls: { ca: server.tls.ca } }),
  };
  return Object.assign(server, {
    direct: { ...common, user: `uid={user},${PEOPLE}` },
    search: { ...common, bind: SERVICE, search: { base: BASE, filter: "(uid={user})" } },
  });
}

/** @param more Further lines of the entry. */
export function person(uid: string, more = "", ou = "people"): string {
  const text = (value: string): string => Buffer.from(value).toString("base64");
  return `dn:: ${text(`uid=${uid},ou=${ou},${BASE}`)}
objectClass: inetOrgPerson
uid:: ${text(uid.replace(/\\/g, ""))}
sn: Test
userPassword:: ${text(`password of ${uid}`)}
${more || "cn: Somebody"}

`;
}

export function group(cn: string, members: readonly string[]): string {
  const lines = members.map((dn) => `member: ${dn}`).join("\n");
  return `dn: cn=${cn},ou=groups,${BASE}\nobjectClass: groupOfNames\n${lines}\n\n`;
}

function unit(name: string): string {
  return `dn: ou=${name},${BASE}\nobjectClass: organizationalUnit\n\n`;
}

function policy(cn: string, rules: string): string {
  return `dn: cn=${cn},ou=policies,${BASE}
objectClass: organizationalRole
objectClass: pwdPolicy
pwdAttribute: userPassword
${rules}

`;
}

const tree = [
  ...["people", "guests", "groups", "policies"].map(unit),
  policy("default", "pwdMaxAge: 0"),
  policy(
    "lockout",
    "pwdLockout: TRUE\npwdMaxFailure: 3\npwdLockoutDuration: 0\npwdFailureCountInterval: 600",
  ),
  policy("expiry", "pwdMaxAge: 1"),
  policy("reset", "pwdMustChange: TRUE"),
  `dn: ${SERVICE.dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\nuserPassword: ${SERVICE.password}\n\n`,
  person("alice", "cn: Alice Ångström\ndisplayName: Alice\nmail: alice@example.org"),
  person("bob", "cn: Bob (Ops) *\nmail: bob@example.org\nmail: robert@example.org"),
  person("carol", "cn: Same Name\nmail: carol@example.org"),
  person("dave", "cn: Same Name\nmail: dave@example.org"),
  person("müller", "cn: Jörg Müller"),
  person("twin"),
  person("twin", "", "guests"),
  group("admins", [`uid=alice,${PEOPLE}`]),
  group("staff", [`uid=alice,${PEOPLE}`, `uid=bob,${PEOPLE}`, `cn=admins,ou=groups,${BASE}`]),
].join("");
