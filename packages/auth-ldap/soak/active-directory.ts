// Do the conventions of Active Directory hold outside our own double? Logs in at a Samba domain
// controller in every way and prints what differs from what is expected. As root, with Samba:
//   node --conditions=@latchkey/source soak/active-directory.ts

import type { LdapLoginOptions } from "../src/index.ts";
import { tryLogin } from "../test/try-login.ts";
import { startSamba } from "./samba.ts";

const samba = await startSamba();
const people = ["alice", "bob", "service", "disabled", "expired", "must", "locked"];
const passwordOf = (name: string): string => `Passw0rd-of-${name}`;
for (const name of people) samba.tool("user", "create", name, passwordOf(name));
samba.tool("user", "disable", "disabled");
samba.tool("user", "setexpiry", "expired", "--days=-2");
samba.tool(
  "user",
  "setpassword",
  "must",
  "--newpassword=Passw0rd-of-must",
  "--must-change-at-next-login",
);
samba.tool("domain", "passwordsettings", "set", "--account-lockout-threshold=3");
for (const group of ["inner", "middle", "outer"]) samba.tool("group", "add", group);
samba.tool("group", "addmembers", "inner", "alice");
samba.tool("group", "addmembers", "middle", "inner");
samba.tool("group", "addmembers", "outer", "middle");

const users = "CN=Users,DC=corp,DC=example";
const common: LdapLoginOptions = {
  url: `ldap://${samba.host}`,
  tls: { ca: samba.ca, servername: samba.servername },
  timeout: "20s",
};
const search = {
  base: "dc=corp,dc=example",
  filter: "(sAMAccountName={user})",
  user: "CORP\\{sAMAccountName}",
};
const bind = { dn: "CORP\\service", password: passwordOf("service") };
const direct: LdapLoginOptions = { ...common, user: "CORP\\{user}", search };
const ways: Record<string, LdapLoginOptions> = {
  direct,
  "direct, LDAPS": { ...direct, url: `ldaps://${samba.host}` },
  "direct, UPN": { ...direct, user: "{user}@corp.example" },
  search: { ...common, bind, search },
};

let differences = 0;
async function expectLogin(
  label: string,
  options: LdapLoginOptions,
  [user, password]: readonly [string, string],
  expected: { id?: string; groups?: string[]; codes?: string[] },
): Promise<void> {
  const tried = await tryLogin(options, user, password);
  const { id, groups = [], codes = [] } = expected;
  const wanted = JSON.stringify([id ?? null, [...groups].sort(), codes]);
  const got = JSON.stringify([
    tried.user?.id ?? null,
    [...(tried.user?.groups ?? [])].sort(),
    tried.codes,
  ]);
  if (wanted !== got) differences += 1;
  console.log(
    wanted === got ? "ok  " : "DIFF",
    label,
    `'${user}'`,
    wanted === got ? got : `${got}, not ${wanted}`,
  );
}

const dns = (...names: string[]): string[] => names.map((name) => `CN=${name},${users}`);
const right = (name: string) => [name, passwordOf(name)] as const;
for (const [label, options] of Object.entries(ways)) {
  const id = "CORP\\alice";
  await expectLogin(label, options, right("alice"), { id, groups: dns("inner") });
  await expectLogin(label, options, ["ALICE ", passwordOf("alice")], { id, groups: dns("inner") });
  const nested = { ...options, groups: "nested" } as const;
  await expectLogin(`${label}, nested`, nested, right("alice"), {
    id,
    groups: dns("inner", "middle", "outer"),
  });
  await expectLogin(`${label}, nested`, nested, right("bob"), { id: "CORP\\bob" });
  const byFilter = { ...options, groups: { filter: "(member={dn})" } };
  await expectLogin(`${label}, filter`, byFilter, right("alice"), { id, groups: dns("inner") });
  const refused = (code: string) => ({ codes: [code] });
  await expectLogin(label, options, ["alice", "wrong"], refused("ERR_LDAP_CREDENTIALS"));
  const unknown = label === "search" ? "ERR_LDAP_UNKNOWN_USER" : "ERR_LDAP_CREDENTIALS";
  await expectLogin(label, options, ["nobody", "wrong"], refused(unknown));
  await expectLogin(label, options, right("disabled"), refused("ERR_LDAP_DISABLED"));
  await expectLogin(label, options, right("expired"), refused("ERR_LDAP_ACCOUNT_EXPIRED"));
  await expectLogin(label, options, right("must"), refused("ERR_LDAP_MUST_CHANGE_PASSWORD"));
}
await expectLogin("direct", direct, ["must", "wrong"], { codes: ["ERR_LDAP_CREDENTIALS"] });
for (let failure = 0; failure < 3; failure++) await tryLogin(direct, "locked", "wrong");
for (const label of ["direct", "search"]) {
  const options = ways[label] ?? direct;
  await expectLogin(label, options, right("locked"), { codes: ["ERR_LDAP_LOCKED"] });
}
await expectLogin("plaintext", { ...direct, plaintext: true }, right("alice"), {
  codes: ["ERR_LDAP_TLS"],
});
const { search: _, ...bare } = direct;
await expectLogin("without search", bare, right("alice"), { codes: ["ERR_LDAP_WHO_AM_I"] });

await samba.stop();
console.log(differences === 0 ? "all as expected" : `${differences} differences`);
process.exitCode = differences === 0 ? 0 : 1;
