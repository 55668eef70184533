import { startFaultProxy } from "@latchkey/tools/fault-proxy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { ldapLogin } from "../src/index.ts";
import { BASE, type Directory, missing, PEOPLE, person, startDirectory } from "./directory.ts";
import { tryLogin } from "./try-login.ts";

describe.skipIf(missing !== null)("L6: search, then bind", { timeout: 30_000 }, () => {
  let directory: Directory;
  beforeAll(async () => {
    directory = await startDirectory();
  }, 60_000);
  afterAll(() => directory?.stop());

  it("finds the user by any attribute, with attributes as lists and groups as DNs", async () => {
    const { step, errors } = await tryLogin(
      { ...directory.search, search: { base: BASE, filter: "(mail={user})" } },
      "robert@example.org",
      "password of bob",
    );
    const dn = `uid=bob,${PEOPLE}`;
    expect(step).toEqual({
      kind: "accepted",
      user: {
        id: dn,
        user: dn,
        dn,
        attributes: {
          cn: ["Bob (Ops) *"],
          mail: ["bob@example.org", "robert@example.org"],
          sn: ["Test"],
          uid: ["bob"],
        },
        groups: [`cn=staff,ou=groups,${BASE}`],
      },
    });
    expect(errors).toEqual([]);
  });

  it("gives all attributes where asked to, but never a password's hash", async () => {
    const all = {
      ...directory.search,
      search: { ...directory.search.search, attributes: ["*", "userPassword", "+"] },
      bind: { dn: `cn=admin,${BASE}`, password: "for-tests-only" }, // may read them
    };
    const { user } = await tryLogin(all, "alice", "password of alice");
    expect(user?.attributes["objectClass"]).toEqual(["inetOrgPerson"]);
    expect(user?.attributes["entryUUID"]).toHaveLength(1);
    expect(Object.keys(user?.attributes ?? {}).join()).not.toMatch(/password/i);
  });

  it("gives what is not text as base64", async () => {
    await directory.add(person("eve", "cn: Eve\njpegPhoto:: /9j/4AAQ\naudio:: gICA"));
    const search = { ...directory.search.search, attributes: ["jpegPhoto", "audio"] };
    const { user } = await tryLogin({ ...directory.search, search }, "eve", "password of eve");
    expect(user?.attributes).toEqual({ jpegPhoto: ["/9j/4AAQ"], audio: ["gICA"] });
  });

  it("row 74: refuses a name that two entries have, also with the right password", async () => {
    const { outcome, codes } = await tryLogin(directory.search, "twin", "password of twin");
    expect([outcome, codes]).toEqual(["invalid-credentials", ["ERR_LDAP_AMBIGUOUS_USER"]]);
    const guests = { base: `ou=guests,${BASE}`, filter: "(uid={user})" };
    const { user } = await tryLogin(
      { ...directory.search, search: guests },
      "twin",
      "password of twin",
    );
    expect(user?.dn).toBe(`uid=twin,ou=guests,${BASE}`);
  });

  it("keeps users with the same cn apart", async () => {
    const byName = { ...directory.search, search: { base: BASE, filter: "(cn={user})" } };
    for (const name of ["carol", "dave"]) {
      const { user } = await tryLogin(directory.search, name, `password of ${name}`);
      expect(user?.id).toBe(`uid=${name},${PEOPLE}`);
      expect(user?.attributes["cn"]).toEqual(["Same Name"]);
      const { outcome } = await tryLogin(byName, "Same Name", `password of ${name}`);
      expect(outcome).toBe("invalid-credentials");
    }
  });

  it("tells the operator why, the visitor nothing", async () => {
    const nobody = await tryLogin(directory.search, "nobody", "x");
    expect([nobody.outcome, nobody.codes]).toEqual([
      "invalid-credentials",
      ["ERR_LDAP_UNKNOWN_USER"],
    ]);
    const wrong = await tryLogin(directory.search, "alice", "x");
    expect([wrong.outcome, wrong.codes]).toEqual(["invalid-credentials", ["ERR_LDAP_CREDENTIALS"]]);
    expect(wrong.errors[0]).toMatchObject({
      name: "LdapLoginError",
      account: "alice",
      server: directory.search.url,
    });
  });

  it.each([
    [
      "a wrong password of its own",
      { bind: { dn: `cn=service,${BASE}`, password: "x" } },
      "ERR_LDAP_SERVICE_ACCOUNT",
    ],
    [
      "a base that is not there",
      { search: { base: "dc=nowhere", filter: "(uid={user})" } },
      "ERR_LDAP_SEARCH",
    ],
  ])("with %s, is unavailable to all alike", async (_, wrong, code) => {
    for (const name of ["alice", "nobody"]) {
      const { outcome, codes } = await tryLogin(
        { ...directory.search, ...wrong },
        name,
        `password of ${name}`,
      );
      expect([outcome, codes]).toEqual(["unavailable", [code]]);
    }
  });

  it("row 31: unknown, ambiguous and known users cost the same requests", async () => {
    const proxy = await startFaultProxy(directory.port);
    try {
      const options = { ...directory.search, url: `ldap://localhost:${proxy.port}` };
      const costs: number[] = [];
      for (const name of ["alice", "nobody", "twin"]) {
        const before = proxy.requests();
        await tryLogin(options, name, "wrong");
        await expect.poll(() => proxy.connections()).toBe(0);
        costs.push(proxy.requests() - before);
      }
      expect(new Set(costs).size).toBe(1);
      expect(costs[0]).toBeGreaterThan(4);
    } finally {
      await proxy.stop();
    }
  });

  it("50 at once, right and wrong, mix nobody up", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `user${index}`);
    await directory.add(names.map((name) => person(name)).join(""));
    for (const options of [directory.search, directory.direct]) {
      const tries = names.map(async (name, index) => {
        const isRight = index % 3 !== 0;
        // The wrong ones are right for the neighbour.
        const owner = isRight ? name : `user${(index + 1) % 50}`;
        const { user, outcome } = await tryLogin(options, name, `password of ${owner}`);
        if (!isRight) return expect(outcome).toBe("invalid-credentials");
        return expect(user?.dn).toBe(`uid=${name},${PEOPLE}`);
      });
      await Promise.all(tries);
    }
  });

  it("has no more logins under way than it may", async () => {
    const login = ldapLogin({ ...directory.search, concurrency: 2 });
    const post = () =>
      login.step(loginRequest("POST", { user: "alice", password: "password of alice" }));
    const steps = await Promise.all([post(), post(), post()]);
    expect(steps.map((step) => (step.kind === "rejected" ? step.reason : step.kind))).toEqual([
      "accepted",
      "accepted",
      "busy",
    ]);
    expect((await post()).kind).toBe("accepted");
  });
});
