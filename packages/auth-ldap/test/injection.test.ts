import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BASE, type Directory, missing, PEOPLE, startDirectory } from "./directory.ts";
import { tryLogin } from "./try-login.ts";

/** Names that say something else than themselves when pasted into a filter or a DN. */
const hostile = [
  "*",
  "a*",
  "alice*",
  "*)(uid=*",
  ")(uid=*",
  "alice)(uid=*",
  "alice)(|(uid=*",
  "*)(|(uid=*))",
  "alice))(|(cn=*",
  "x)(uid=alice)",
  "al\\69ce",
  "\\2a",
  "\\",
  "alice\\",
  `alice,${PEOPLE}`,
  `alice,ou=people,${BASE}#`,
  "alice,ou=guests",
  "alice+cn=x",
  "x+uid=alice",
  "#616c696365",
  '"alice"',
  "alice;",
  "<alice>",
  "alice=",
  "\u202ealice\u202c",
  "alice\n",
  "\u0001alice",
  "{dn}",
  "{user}",
  "$&",
  "😀",
  "x".repeat(1_024),
];

describe.skipIf(missing !== null)("row 74: hostile names", { timeout: 30_000 }, () => {
  let directory: Directory;
  beforeAll(async () => {
    directory = await startDirectory();
  }, 60_000);
  afterAll(() => directory?.stop());

  it.each(hostile)("%j is nobody, whoever's password comes with it", async (name) => {
    for (const options of [directory.direct, directory.search]) {
      for (const password of ["password of alice", "password of bob"]) {
        const { outcome, codes } = await tryLogin(options, name, password);
        expect(outcome).toBe("invalid-credentials");
        expect(codes.join()).toMatch(/^ERR_LDAP_(CREDENTIALS|UNKNOWN_USER)$/);
      }
    }
  });

  it.each(["alice\0", "\0", "alice\0)(uid=*"])("%j is refused before the network", async (name) => {
    const nowhere = { url: "ldap://localhost:1" };
    for (const options of [directory.direct, directory.search]) {
      const { outcome, errors } = await tryLogin({ ...options, ...nowhere }, name, "x");
      expect([outcome, errors]).toEqual(["bad-request", []]);
    }
  });

  it.each([
    ["müller", "müller"],
    ["MÜLLER", "müller"],
    ["mu\u0308ller", "müller"], // the same in another Unicode form
  ])("%j is the user of that name", async (name, uid) => {
    for (const options of [directory.direct, directory.search]) {
      const { user } = await tryLogin(options, name, "password of müller");
      expect(user?.dn).toBe(`uid=${uid},${PEOPLE}`);
    }
  });

  it("a name full of special characters is exactly itself", async () => {
    const names = ["a*b", "(c)", "d\\5ce", "f, g", "#h", "i+j=k", '"l"', "<m>;n", "o\\2a"];
    const escaped = (name: string): string => name.replace(/[\\,+"<>;=#]/g, "\\$&");
    for (const name of names) {
      const text = (value: string): string => Buffer.from(value).toString("base64");
      await directory.add(
        `dn:: ${text(`uid=${escaped(name)},${PEOPLE}`)}\nobjectClass: inetOrgPerson\n` +
          `uid:: ${text(name)}\nsn: x\ncn: x\nuserPassword:: ${text(`password of ${name}`)}\n`,
      );
    }
    for (const options of [directory.direct, directory.search]) {
      const withName = { ...options, search: { ...directory.search.search, user: "{uid}" } };
      for (const name of names) {
        const { user } = await tryLogin(withName, name, `password of ${name}`);
        expect(user?.id).toBe(name);
      }
    }
  });

  it.each(["pässwörd", "密码", "a b ", "*", ")(", "{user}", "\\", "x".repeat(1_024)])(
    "the password %j is sent exactly as it was typed",
    async (password) => {
      await directory.modify(
        `dn: uid=dave,${PEOPLE}\nchangetype: modify\nreplace: userPassword\n` +
          `userPassword:: ${Buffer.from(password).toString("base64")}\n`,
      );
      expect((await tryLogin(directory.direct, "dave", password)).outcome).toBe("accepted");
      const other = `${password.slice(0, -1)}~`;
      expect((await tryLogin(directory.direct, "dave", other)).outcome).toBe("invalid-credentials");
    },
  );
});
