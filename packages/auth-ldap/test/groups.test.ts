import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BASE,
  type Directory,
  group,
  missing,
  PEOPLE,
  person,
  startDirectory,
} from "./directory.ts";
import { tryLogin } from "./try-login.ts";

describe.skipIf(missing !== null)("groups of OpenLDAP", { timeout: 30_000 }, () => {
  let directory: Directory;
  beforeAll(async () => {
    // 500 entries for a search, but any number in pages: as Active Directory, with 1,000.
    directory = await startDirectory({
      database: ["limits * size.soft=500 size.hard=500 size.pr=500 size.prtotal=unlimited"],
    });
  }, 60_000);
  afterAll(() => directory?.stop());

  it("finds groups by a filter with the DN or an attribute of the entry", async () => {
    const byDn = { ...directory.search, groups: { filter: "(member={dn})" } };
    expect((await tryLogin(byDn, "bob", "password of bob")).user?.groups).toEqual([
      `cn=staff,ou=groups,${BASE}`,
    ]);
    await directory.add(
      `dn: cn=unix,ou=groups,${BASE}\nobjectClass: posixGroup\ngidNumber: 1\nmemberUid: bob\n`,
    );
    const byUid = {
      ...directory.search,
      groups: { base: `ou=groups,${BASE}`, filter: "(&(objectClass=posixGroup)(memberUid={uid}))" },
    };
    expect((await tryLogin(byUid, "bob", "password of bob")).user?.groups).toEqual([
      `cn=unix,ou=groups,${BASE}`,
    ]);
    expect((await tryLogin(byUid, "alice", "password of alice")).user?.groups).toEqual([]);
  });

  it("what stands in the entry can't widen the filter", async () => {
    await directory.add(person("mallory", "cn: x\ntitle: *\nemployeeType: x)(objectClass=*"));
    for (const attribute of ["title", "employeeType"]) {
      const groups = { filter: `(cn={${attribute}})` };
      const { user } = await tryLogin(
        { ...directory.search, groups },
        "mallory",
        "password of mallory",
      );
      expect(user?.groups).toEqual([]);
    }
  });

  it("a user of 1,000 groups has them all, by memberOf and by pages", async () => {
    const dn = `uid=busy,${PEOPLE}`;
    await directory.add(person("busy"));
    const names = Array.from({ length: 1_000 }, (_, index) => `g${index}`);
    await directory.add(names.map((name) => group(name, [dn])).join(""));
    for (const groups of ["memberOf", { filter: "(member={dn})" }] as const) {
      const { user, errors } = await tryLogin(
        { ...directory.search, groups },
        "busy",
        "password of busy",
      );
      expect(errors).toEqual([]);
      expect(new Set(user?.groups).size).toBe(1_000);
    }
  });

  it("a group of 1,000 members is one group", async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `member${index}`);
    await directory.add(names.map((name) => person(name)).join(""));
    await directory.add(
      group(
        "everybody",
        names.map((name) => `uid=${name},${PEOPLE}`),
      ),
    );
    for (const groups of ["memberOf", { filter: "(member={dn})" }] as const) {
      const { user } = await tryLogin(
        { ...directory.search, groups },
        "member999",
        "password of member999",
      );
      expect(user?.groups).toEqual([`cn=everybody,ou=groups,${BASE}`]);
    }
  });

  it("nested groups are an error where the server has no such rule, not an empty list", async () => {
    for (const user of ["alice", "carol"]) {
      const { outcome, codes, errors } = await tryLogin(
        { ...directory.search, groups: "nested" },
        user,
        `password of ${user}`,
      );
      expect([outcome, codes]).toEqual(["unavailable", ["ERR_LDAP_NESTED_GROUPS"]]);
      expect(errors[0]?.message).toMatch(/"nested" needs Active Directory/);
    }
  });
});
