import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { ldapLogin } from "../src/index.ts";
import { BASE, type Directory, missing, PEOPLE, startDirectory } from "./directory.ts";
import { tryLogin } from "./try-login.ts";

describe.skipIf(missing !== null)("L5: direct login", { timeout: 30_000 }, () => {
  let directory: Directory;
  beforeAll(async () => {
    directory = await startDirectory();
  }, 60_000);
  afterAll(() => directory?.stop());
  const alice = `uid=alice,${PEOPLE}`;

  it("accepts the password of the entry that the template names", async () => {
    const { step, errors } = await tryLogin(directory.direct, "alice", "password of alice");
    expect(step).toEqual({
      kind: "accepted",
      user: { id: alice, user: alice, dn: alice, attributes: {}, groups: [] },
    });
    expect(errors).toEqual([]);
  });

  it("gives one user one id, however the name was typed", async () => {
    for (const name of ["ALICE", " alice", "alice ", "Alice"]) {
      const { user } = await tryLogin(directory.direct, name, "password of alice");
      expect(user?.id).toBe(alice);
    }
  });

  it("adds attributes and groups, and rewrites the id", async () => {
    const { user } = await tryLogin(
      {
        ...directory.direct,
        search: {
          base: BASE,
          filter: "(uid={user})",
          user: "EXAMPLE\\{uid}",
          attributes: ["CN", "mail"],
        },
      },
      "Alice",
      "password of alice",
    );
    expect(user).toEqual({
      id: "EXAMPLE\\alice",
      user: "EXAMPLE\\alice",
      dn: alice,
      attributes: { cn: ["Alice Ångström"], mail: ["alice@example.org"] },
      groups: [`cn=admins,ou=groups,${BASE}`, `cn=staff,ou=groups,${BASE}`],
    });
  });

  it("refuses where the search finds somebody else than the one who is logged in", async () => {
    const { outcome, codes } = await tryLogin(
      { ...directory.direct, search: { base: BASE, filter: "(&(uid=bob)(!(cn={user})))" } },
      "alice",
      "password of alice",
    );
    expect([outcome, codes]).toEqual(["invalid-credentials", ["ERR_LDAP_ENTRY"]]);
  });

  it("refuses where the id is missing or has several values", async () => {
    for (const [name, id] of [
      ["alice", "{employeeNumber}"],
      ["bob", "{mail}"],
    ] as const) {
      const { outcome, codes } = await tryLogin(
        { ...directory.direct, search: { base: BASE, filter: "(uid={user})", user: id } },
        name,
        `password of ${name}`,
      );
      expect([outcome, codes]).toEqual(["invalid-credentials", ["ERR_LDAP_ENTRY"]]);
    }
  });

  it("takes a DN template with an OID, and escapes what is typed there, too", async () => {
    const user = `0.9.2342.19200300.100.1.1={user},${PEOPLE}`;
    const options = { ...directory.direct, user };
    expect((await tryLogin(options, "alice", "password of alice")).user?.id).toBe(alice);
    const { outcome } = await tryLogin(options, "x+uid=alice", "password of alice");
    expect(outcome).toBe("invalid-credentials");
  });

  it("a template that is no DN to this directory logs nobody in", async () => {
    const options = { ...directory.direct, user: "CORP\\{user}" };
    const { outcome, codes } = await tryLogin(options, "alice", "password of alice");
    expect([outcome, codes]).toEqual(["invalid-credentials", ["ERR_LDAP_CREDENTIALS"]]);
  });

  it("reads the form fields it was told to, and shows them", async () => {
    const login = ldapLogin({ ...directory.direct, fields: { user: "login", password: "secret" } });
    const post = loginRequest("POST", { login: "alice", secret: "password of alice" });
    expect((await login.step(post)).kind).toBe("accepted");
    const shown = await login.step(loginRequest("GET"));
    expect(shown).toMatchObject({
      kind: "show",
      view: { fields: [{ name: "login" }, { name: "secret" }] },
    });
  });

  it("row 73: never binds with an empty password, also where the directory allows it", async () => {
    const lax = await startDirectory({ settings: ["allow bind_anon_cred bind_anon_dn"] });
    try {
      for (const options of [lax.direct, lax.search]) {
        for (const password of ["", "\0", "\0x"]) {
          const { outcome, errors } = await tryLogin(options, "alice", password);
          expect([outcome, errors]).toEqual(["bad-request", []]);
        }
      }
    } finally {
      await lax.stop();
    }
  });

  it("row 32: tells nobody and a wrong password apart in nothing", async () => {
    for (const options of [directory.direct, directory.search]) {
      const known = await tryLogin(options, "alice", "wrong");
      const unknown = await tryLogin(options, "elice", "wrong");
      expect(known.outcome).toBe("invalid-credentials");
      expect(JSON.stringify(unknown.step).replace("elice", "alice")).toBe(
        JSON.stringify(known.step),
      );
    }
  });

  it("row 79: keeps the password out of every answer and error", async () => {
    for (const options of [directory.direct, directory.search]) {
      const { step, errors } = await tryLogin(options, "alice", "hunter2-hunter2");
      const told = errors.map((error) => [error.message, String(error.cause), { ...error }]);
      expect(errors).toHaveLength(1);
      expect(JSON.stringify([step, told])).not.toContain("hunter2");
      expect(errors[0]?.message).not.toContain("alice");
    }
  });

  it("counts what was typed, and nothing where nothing was", () => {
    const login = ldapLogin(directory.direct);
    const account = (user: string) => login.account(loginRequest("POST", { user }));
    for (const name of ["alice", "ALICE", " alice "]) expect(account(name)).toBe(name);
    expect(account("")).toBeNull();
    expect(login.account(loginRequest("GET"))).toBeNull();
  });
});
