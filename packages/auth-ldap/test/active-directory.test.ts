import { afterEach, describe, expect, it } from "vitest";
import type { LdapLoginOptions } from "../src/index.ts";
import {
  type ActiveDirectory,
  type AdOptions,
  type AdUser,
  startActiveDirectory,
} from "./active-directory.ts";
import { tryLogin } from "./try-login.ts";

const BASE = "DC=corp,DC=example";
let directory: ActiveDirectory | null = null;
afterEach(async () => {
  await directory?.stop();
  directory = null;
});

function adUser(account: string, more: Partial<AdUser> = {}): AdUser {
  const dn = `CN=Same Name (${account}),OU=Staff,${BASE}`;
  const upn = `${account}@corp.example`;
  const attributes = {
    sAMAccountName: [account],
    userPrincipalName: [upn],
    objectGUID: [Buffer.from("00ff10203040506070809000aabbccdd", "hex")],
    memberOf: [`CN=Direct,${BASE}`],
  };
  return { account, upn, dn, password: `password of ${account}`, attributes, ...more };
}

async function start(options: Partial<AdOptions> = {}): Promise<ActiveDirectory> {
  const users = [adUser("alice"), adUser("service"), adUser("mallory")];
  directory = await startActiveDirectory({ users, ...options });
  return directory;
}

function byName(ad: ActiveDirectory, more: Partial<LdapLoginOptions> = {}): LdapLoginOptions {
  return { url: ad.url, plaintext: true, user: "CORP\\{user}", ...more };
}

const search = { base: BASE, filter: "(sAMAccountName={user})", user: "CORP\\{sAMAccountName}" };

describe("the conventions of Active Directory", () => {
  it("DOMAIN\\user, with the id that the directory gives", async () => {
    const ad = await start();
    const { user } = await tryLogin(byName(ad), "ALICE", "password of alice");
    expect(user).toEqual({
      id: "CORP\\alice",
      user: "CORP\\alice",
      dn: null,
      attributes: {},
      groups: [],
    });
    expect(ad.binds).toEqual(["CORP\\ALICE"]);
  });

  it("makes no id of what was typed, where the directory doesn't say who is logged in", async () => {
    const ad = await start({ whoAmI: false });
    const bare = await tryLogin(byName(ad), "ALICE", "password of alice");
    expect([bare.outcome, bare.codes]).toEqual(["unavailable", ["ERR_LDAP_WHO_AM_I"]]);
    const { user } = await tryLogin(byName(ad, { search }), "ALICE", "password of alice");
    expect(user?.id).toBe("CORP\\alice");
  });

  it("user principal names, with attributes, groups and a rewritten id", async () => {
    const ad = await start();
    const options = byName(ad, {
      user: "{user}@corp.example",
      search: { ...search, attributes: ["objectGUID", "userPrincipalName"] },
    });
    const { user, errors } = await tryLogin(options, "Alice", "password of alice");
    expect(errors).toEqual([]);
    expect(user).toEqual({
      id: "CORP\\alice",
      user: "CORP\\alice",
      dn: `CN=Same Name (alice),OU=Staff,${BASE}`,
      attributes: {
        objectGUID: ["AP8QIDBAUGBwgJAAqrvM3Q=="],
        userPrincipalName: ["alice@corp.example"],
      },
      groups: [`CN=Direct,${BASE}`],
    });
  });

  it("search, then bind; references to other servers are not followed", async () => {
    const ad = await start();
    const bind = { dn: "CORP\\service", password: "password of service" };
    const options: LdapLoginOptions = { url: ad.url, plaintext: true, bind, search };
    const { user } = await tryLogin(options, "alice", "password of alice");
    expect(user?.id).toBe("CORP\\alice");
    expect(ad.binds).toEqual(["CORP\\service", `CN=Same Name (alice),OU=Staff,${BASE}`]);
  });

  it("refuses an entry of another account than the one that is logged in", async () => {
    const attributes = { ...adUser("mallory").attributes, mail: ["alice"] };
    const ad = await start({ users: [adUser("alice"), adUser("mallory", { attributes })] });
    const options = byName(ad, { search: { ...search, filter: "(mail={user})" } });
    const { outcome, codes } = await tryLogin(options, "alice", "password of alice");
    expect([outcome, codes]).toEqual(["invalid-credentials", ["ERR_LDAP_ENTRY"]]);
  });

  it("nested groups, by its matching rule and in pages", async () => {
    const alice = adUser("alice").dn;
    const groups = {
      [`CN=Direct,${BASE}`]: [alice],
      [`CN=Parent,${BASE}`]: [`CN=Direct,${BASE}`],
      [`CN=Grand (parent),${BASE}`]: [`CN=Parent,${BASE}`],
      [`CN=Ring,${BASE}`]: [`CN=Grand (parent),${BASE}`, `CN=Ring,${BASE}`],
      [`CN=Other,${BASE}`]: ["CN=x"],
    };
    const ad = await start({ groups });
    const options = byName(ad, { search, groups: "nested" });
    const { user, errors } = await tryLogin(options, "alice", "password of alice");
    expect(errors).toEqual([]);
    expect(user?.groups).toEqual(Object.keys(groups).slice(0, 4));
    expect(ad.filters).toContain(
      "(member:1.2.840.113556.1.4.1941:=CN=Same Name \\28alice\\29,OU=Staff,DC=corp,DC=example)",
    );
    expect(ad.pages).toBe(3); // one for the user, two for the groups
    const nobody = await tryLogin(options, "mallory", "password of mallory");
    expect(nobody.user?.groups).toEqual([]);
  });

  it.each([
    ["525", "ERR_LDAP_UNKNOWN_USER"],
    ["52e", "ERR_LDAP_CREDENTIALS"],
    ["530", "ERR_LDAP_LOGON_HOURS"],
    ["531", "ERR_LDAP_WORKSTATION"],
    ["532", "ERR_LDAP_PASSWORD_EXPIRED"],
    ["533", "ERR_LDAP_DISABLED"],
    ["701", "ERR_LDAP_ACCOUNT_EXPIRED"],
    ["773", "ERR_LDAP_MUST_CHANGE_PASSWORD"],
    ["775", "ERR_LDAP_LOCKED"],
    ["999", "ERR_LDAP_CREDENTIALS"],
  ])("data code %s is %s to the operator and nothing to the visitor", async (data, code) => {
    const ad = await start({ users: [adUser("alice", { data }), adUser("service")] });
    const bind = { dn: "CORP\\service", password: "password of service" };
    for (const options of [
      byName(ad),
      byName(ad, { search }),
      { url: ad.url, plaintext: true, bind, search },
    ]) {
      const { outcome, codes, step } = await tryLogin(options, "alice", "password of alice");
      expect([outcome, codes]).toEqual(["invalid-credentials", [code]]);
      expect(JSON.stringify(step)).toBe(
        JSON.stringify((await tryLogin(options, "alice", "wrong")).step),
      );
    }
  });

  it.each([
    [8, "ERR_LDAP_TLS"], // strongerAuthRequired: the answer to a password in the clear
    [10, "ERR_LDAP_REFERRAL"],
    [13, "ERR_LDAP_TLS"],
    [51, "ERR_LDAP_BUSY"],
    [52, "ERR_LDAP_BUSY"],
  ])("result code %i to a bind or a search is the server's fault: %s", async (code, expected) => {
    for (const where of ["bindCode", "searchCode"]) {
      const ad = await start({ [where]: code });
      const { outcome, codes } = await tryLogin(
        byName(ad, { search }),
        "alice",
        "password of alice",
      );
      expect([outcome, codes]).toEqual(["unavailable", [expected]]);
      await ad.stop();
    }
  });

  it.each([19, 53, 80])("result code %i to a bind refuses the user", async (bindCode) => {
    const ad = await start({ bindCode });
    const { outcome, codes } = await tryLogin(byName(ad), "alice", "password of alice");
    expect([outcome, codes]).toEqual(["invalid-credentials", ["ERR_LDAP_BIND_REFUSED"]]);
  });

  it.each([12, 18, 50, 53])("result code %i to the nested rule is a clear error", async (code) => {
    const ad = await start({ nestedCode: code });
    const options = byName(ad, { search, groups: "nested" });
    const { outcome, codes } = await tryLogin(options, "alice", "password of alice");
    expect([outcome, codes]).toEqual(["unavailable", ["ERR_LDAP_NESTED_GROUPS"]]);
  });

  it.each(["EXTERNAL", "PLAIN", "DIGEST-MD5", "SCRAM-SHA-1"])(
    "a name is never a SASL mechanism: %s could log in as the application",
    async (dn) => {
      const ad = await start({
        users: [adUser("service"), adUser("alice", { dn, password: "x" })],
      });
      const bind = { dn: "CORP\\service", password: "password of service" };
      const options: LdapLoginOptions = { url: ad.url, plaintext: true, bind, search };
      const { outcome } = await tryLogin(options, "alice", "x");
      expect([outcome, ad.binds]).toEqual(["invalid-credentials", ["CORP\\service"]]);
    },
  );
});
