import { startFaultProxy } from "@latchkey/tools/fault-proxy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Directory, missing, SERVICE, startDirectory } from "./directory.ts";
import { startEavesdropper } from "./eavesdropper.ts";
import { type Tried, tryLogin } from "./try-login.ts";

const password = "password of alice";
// The bar is 3 s. The clock starts before the login does, and this machine may be slow to look at it.
const BAR_MS = 3_000;
const SLACK_MS = 2_000;

describe.skipIf(missing !== null)("a directory that is away", { timeout: 30_000 }, () => {
  let directory: Directory;
  let second: Directory;
  beforeAll(async () => {
    directory = await startDirectory();
    second = await startDirectory();
  }, 60_000);
  afterAll(async () => {
    await directory?.stop();
    await second?.stop();
  });

  const ways = (): Directory["direct"][] =>
    [directory.direct, directory.search].map(({ timeout: _, ...options }) => options);

  async function inTime(ask: () => Promise<Tried>, expected: string[]): Promise<void> {
    const started = performance.now();
    const { outcome, codes } = await ask();
    expect(performance.now() - started).toBeLessThan(BAR_MS + SLACK_MS);
    expect([outcome, ...codes]).toEqual(["unavailable", ...expected]);
  }

  it("row 75: frozen or black-holed, is unavailable within 3 s, by StartTLS and LDAPS", async () => {
    const hole = await startFaultProxy(second.port);
    await hole.set("blackhole");
    directory.freeze();
    try {
      const urls = [
        `ldap://localhost:${directory.port}`,
        `ldaps://localhost:${directory.tls?.port}`,
        `ldap://localhost:${hole.port}`,
      ];
      const logins = urls.flatMap((url) =>
        ways().map((options) =>
          inTime(() => tryLogin({ ...options, url }, "alice", password), ["ERR_LDAP_TIMEOUT"]),
        ),
      );
      await Promise.all(logins);
    } finally {
      directory.resume();
      await hole.stop();
    }
    expect((await tryLogin(directory.direct, "alice", password)).outcome).toBe("accepted");
  });

  it("row 75: silent from any answer on, is unavailable within 3 s", async () => {
    // StartTLS, handshake, bind, search; and again StartTLS, handshake, bind.
    const answers = [0, 1, 2, 3, 4, 5, 6];
    const logins = answers.map(async (last) => {
      let answered = 0;
      const line = await startEavesdropper(directory.port, (piece) =>
        answered++ < last ? piece : Buffer.alloc(0),
      );
      const { timeout: _, ...options } = directory.search;
      const url = `ldap://localhost:${line.port}`;
      await inTime(() => tryLogin({ ...options, url }, "alice", password), ["ERR_LDAP_TIMEOUT"]);
      await line.stop();
    });
    await Promise.all(logins);
  });

  it("a server that refuses connections is unavailable", async () => {
    for (const options of ways()) {
      const url = "ldap://localhost:1";
      await inTime(() => tryLogin({ ...options, url }, "alice", password), ["ERR_LDAP_CONNECT"]);
    }
  });

  it("an answer that ends in the middle logs nobody in", async () => {
    const proxy = await startFaultProxy(directory.port);
    try {
      const options = { ...directory.search, url: `ldap://localhost:${proxy.port}` };
      for (let round = 0; round < 5; round++) {
        await proxy.set("cut");
        const { outcome, codes } = await tryLogin(options, "alice", password);
        expect([outcome, codes.join()]).toEqual([
          "unavailable",
          expect.stringMatching(/^ERR_LDAP_(CONNECT|TLS)$/),
        ]);
      }
    } finally {
      await proxy.stop();
    }
  });

  it("a name that does not resolve is unavailable", async () => {
    const options = { ...directory.direct, url: "ldap://directory.invalid" };
    const { outcome, codes } = await tryLogin({ ...options, timeout: "3s" }, "alice", password);
    expect([outcome, codes.join()]).toEqual([
      "unavailable",
      expect.stringMatching(/^ERR_LDAP_(CONNECT|TIMEOUT)$/),
    ]);
  });

  it("several servers are tried in order, and the operator is told of each that is away", async () => {
    const urls = [`ldap://localhost:${directory.port}`, `ldap://localhost:${second.port}`];
    const options = { ...directory.search, url: urls, tls: { ca: [directory, second].map(caOf) } };

    const { outcome, errors } = await tryLogin(options, "alice", password);
    expect([outcome, errors]).toEqual(["accepted", []]);

    const dead = "ldap://localhost:1";
    const around = await tryLogin({ ...options, url: [dead, ...urls] }, "alice", password);
    expect([around.outcome, around.codes]).toEqual(["accepted", ["ERR_LDAP_CONNECT"]]);
    expect(around.errors[0]?.server).toBe(dead);

    directory.freeze();
    try {
      const both = [directory.search, directory.direct].map(async (way) => {
        const { url: _, tls: __, ...rest } = way;
        const beside = await tryLogin(
          { ...rest, url: urls, tls: options.tls, timeout: "3s" },
          "alice",
          password,
        );
        expect([beside.outcome, beside.codes]).toEqual(["accepted", ["ERR_LDAP_TIMEOUT"]]);
      });
      await Promise.all(both);
    } finally {
      directory.resume();
    }
  });

  it("what one server refuses, no other is asked", async () => {
    const urls = [`ldap://localhost:${directory.port}`, `ldap://localhost:${second.port}`];
    const options = { ...directory.search, url: urls, tls: { ca: [directory, second].map(caOf) } };
    for (const [user, code] of [
      ["alice", "ERR_LDAP_CREDENTIALS"],
      ["nobody", "ERR_LDAP_UNKNOWN_USER"],
    ] as const) {
      const { outcome, codes, errors } = await tryLogin(options, user, "wrong");
      expect([outcome, codes, errors[0]?.server]).toEqual(["invalid-credentials", [code], urls[0]]);
    }
  });

  it("what is wrong in the options, no other server is asked either", async () => {
    const urls = [`ldap://localhost:${directory.port}`, `ldap://localhost:${second.port}`];
    const bind = { ...SERVICE, password: "wrong" };
    const options = { ...directory.search, url: urls, tls: { ca: [directory, second].map(caOf) } };
    const { outcome, codes } = await tryLogin({ ...options, bind }, "alice", password);
    expect([outcome, codes]).toEqual(["unavailable", ["ERR_LDAP_SERVICE_ACCOUNT"]]);
  });

  it("kill -9 in the middle of many logins: each is right or unavailable, and all is well after", async () => {
    const outcomes: string[] = [];
    let isDown = false;
    const names = ["alice", "bob", "carol", "dave"];
    const people = Array.from({ length: 20 }, async (_, index) => {
      const name = names[index % names.length] ?? "";
      while (!isDown) {
        const { user, outcome } = await tryLogin(second.search, name, `password of ${name}`);
        outcomes.push(outcome);
        if (outcome === "accepted") expect(user?.dn).toContain(`uid=${name},`);
        else isDown = true;
      }
    });
    await expect.poll(() => outcomes.length).toBeGreaterThan(20);
    await second.kill();
    await Promise.all(people);
    expect([...new Set(outcomes)].sort()).toEqual(["accepted", "unavailable"]);
    await second.restart();
    expect((await tryLogin(second.search, "alice", password)).outcome).toBe("accepted");
  });
});

function caOf({ tls }: Directory): string {
  return tls?.ca ?? "";
}
