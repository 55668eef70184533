// Another server that the directory points to never hears of us: it could be anybody's, and would be
// sent a password.
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BASE, type Directory, missing, startDirectory } from "./directory.ts";
import { tryLogin } from "./try-login.ts";

describe.skipIf(missing !== null)("referrals of OpenLDAP", { timeout: 30_000 }, () => {
  let directory: Directory;
  let asked = 0;
  const elsewhere = createServer((socket) => {
    asked += 1;
    socket.destroy();
  });
  const branch = `ou=branch,${BASE}`;

  beforeAll(async () => {
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const address: AddressInfo | string | null = elsewhere.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    directory = await startDirectory();
    await directory.add(
      `dn: ${branch}\nobjectClass: referral\nobjectClass: extensibleObject\nou: branch\n` +
        `ref: ldap://127.0.0.1:${address.port}/${branch}\n\n`,
    );
  }, 60_000);
  afterAll(async () => {
    await directory?.stop();
    elsewhere.close();
    expect(asked).toBe(0);
  });

  it("beside entries they are ignored: whoever is here logs in", async () => {
    const { outcome, user } = await tryLogin(directory.search, "alice", "password of alice");
    expect([outcome, user?.dn]).toEqual(["accepted", `uid=alice,ou=people,${BASE}`]);
    const there = await tryLogin(directory.search, "zoe", "password of zoe");
    expect([there.outcome, there.codes]).toEqual([
      "invalid-credentials",
      ["ERR_LDAP_UNKNOWN_USER"],
    ]);
    expect(asked).toBe(0);
  });

  it("a base that is elsewhere is the operator's to mend; a name that is, is nobody's", async () => {
    const search = { base: branch, filter: "(uid={user})" };
    const found = await tryLogin({ ...directory.search, search }, "alice", "password of alice");
    expect([found.outcome, found.codes]).toEqual(["unavailable", ["ERR_LDAP_REFERRAL"]]);
    const direct = { ...directory.direct, user: `uid={user},${branch}` };
    const bound = await tryLogin(direct, "alice", "password of alice");
    expect([bound.outcome, bound.codes]).toEqual(["invalid-credentials", ["ERR_LDAP_CREDENTIALS"]]);
    expect(asked).toBe(0);
  });
});
