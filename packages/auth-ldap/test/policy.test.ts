import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BASE, type Directory, missing, PEOPLE, person, startDirectory } from "./directory.ts";
import { tryLogin } from "./try-login.ts";

const underPolicy = (name: string): string => `pwdPolicySubentry: cn=${name},ou=policies,${BASE}`;

describe.skipIf(missing !== null)("password policy", { timeout: 30_000 }, () => {
  let directory: Directory;
  beforeAll(async () => {
    directory = await startDirectory();
    await directory.add(
      [
        person("locked-direct", `cn: x\n${underPolicy("lockout")}`),
        person("locked-search", `cn: x\n${underPolicy("lockout")}`),
        person("expired", `cn: x\n${underPolicy("expiry")}`),
        person("reset", `cn: x\n${underPolicy("reset")}`),
        person("disabled", `cn: x\n${underPolicy("lockout")}`),
      ].join(""),
    );
    await directory.modify(
      `dn: uid=disabled,${PEOPLE}\nchangetype: modify\nadd: pwdAccountLockedTime\n` +
        "pwdAccountLockedTime: 000001010000Z\n",
    );
    await directory.modify(
      `dn: uid=reset,${PEOPLE}\nchangetype: modify\nreplace: pwdReset\npwdReset: TRUE\n`,
    );
  }, 60_000);
  afterAll(() => directory?.stop());

  async function refuses(user: string, password: string, code: string): Promise<void> {
    for (const options of [directory.direct, directory.search]) {
      const { outcome, codes, step } = await tryLogin(options, user, password);
      expect([outcome, codes]).toEqual(["invalid-credentials", [code]]);
      const unknown = await tryLogin(options, "unknown", password);
      expect(JSON.stringify(step).replaceAll(user, "unknown")).toBe(JSON.stringify(unknown.step));
    }
  }

  it.each(["direct", "search"] as const)(
    "locks after too many wrong passwords (%s)",
    async (way) => {
      const user = `locked-${way}`;
      const right = `password of ${user}`;
      expect((await tryLogin(directory[way], user, right)).outcome).toBe("accepted");
      for (let failure = 0; failure < 3; failure++) {
        const { codes } = await tryLogin(directory[way], user, "wrong");
        expect(codes).toHaveLength(1);
      }
      await refuses(user, right, "ERR_LDAP_LOCKED");
      await refuses(user, "wrong", "ERR_LDAP_LOCKED");
    },
  );

  it("refuses who was locked by hand", () =>
    refuses("disabled", "password of disabled", "ERR_LDAP_LOCKED"));

  it("refuses an expired password", async () => {
    await sleep(2_100); // pwdMaxAge is a second, and slapd counts whole ones
    await refuses("expired", "password of expired", "ERR_LDAP_PASSWORD_EXPIRED");
    await refuses("expired", "wrong", "ERR_LDAP_CREDENTIALS");
  });

  it("refuses a password that must be changed first, although the bind succeeds", async () => {
    await refuses("reset", "password of reset", "ERR_LDAP_MUST_CHANGE_PASSWORD");
    await refuses("reset", "wrong", "ERR_LDAP_CREDENTIALS");
  });
});
