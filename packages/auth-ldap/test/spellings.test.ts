// Guessing at an account, however its name is spelled, through the whole login flow and a real
// directory: it is the directory that says which spellings are one account.

import { createLoginFlow, type LoginFlow } from "@latchkey/auth-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Data,
  json,
  type TestApp,
  testApp,
  type User,
} from "../../auth-core/test/test-app.ts";
import { type LdapLoginOptions, ldapLogin } from "../src/index.ts";
import { BASE, type Directory, missing, person, startDirectory } from "./directory.ts";
import { tryLogin } from "./try-login.ts";

interface Target {
  app: TestApp;
  flow: LoginFlow<User, Data>;
  /** The status of the answer to a program, which keeps no cookies. */
  guess(user: string, password: string): Promise<number>;
}

function target(options: LdapLoginOptions): Target {
  const app = testApp();
  const login = ldapLogin({ onError: () => {}, ...options });
  const flow = createLoginFlow<User, Data>(app.context, login, { delay: "1ms" });
  const post = { method: "POST", headers: json };
  return {
    app,
    flow,
    async guess(user, password) {
      return (await app.browser().send(flow, { ...post, body: { user, password } })).status;
    },
  };
}

describe.skipIf(missing !== null)("spellings of a name", { timeout: 60_000 }, () => {
  let directory: Directory;
  beforeAll(async () => {
    directory = await startDirectory();
    await directory.add(person("muller"));
    await directory.add(person("phil", "cn: Phil\ntelephoneNumber: +1 555-1234"));
    await directory.add(person("van dyk"));
  }, 60_000);
  afterAll(() => directory?.stop());

  const phone = (): LdapLoginOptions => ({
    ...directory.search,
    search: { base: BASE, filter: "(telephoneNumber={user})" },
  });

  it("muller's own logins buy him no guesses at müller, who is somebody else", async () => {
    for (const options of [directory.direct, directory.search]) {
      const { app, flow, guess } = target(options);
      const his = app.browser();
      const answers: number[] = [];
      for (let n = 0; n < 20; n++) {
        if (n < 5) expect(await guess("muller", "password of muller")).toBe(200);
        const own = { user: "muller", password: "password of muller" };
        if (n % 4 === 0) expect((await his.submit(flow, own)).status).toBe(303);
        const answer = await his.submit(flow, { user: "müller", password: `wrong ${n}` });
        answers.push(answer.status);
      }
      expect(answers).toEqual([...Array(5).fill(401), ...Array(15).fill(429)]);
    }
  });

  it("müller's own login still begins anew what he mistyped", async () => {
    const { guess } = target(directory.direct);
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 4; n++) expect(await guess("müller", "wrong")).toBe(401);
      expect(await guess("müller", "password of müller")).toBe(200);
    }
  });

  it("those that the directory takes for one account are alike", async () => {
    const names: [LdapLoginOptions, string, string[]][] = [
      [
        directory.direct,
        "muller",
        ["MULLER", " muller ", "mul\u00adler", "ｍuller", "ⓜuller", "𝓂uller"],
      ],
      [directory.direct, "van dyk", ["van  dyk", "van\u00a0dyk", " Van   Dyk ", "van\tdyk"]],
      [directory.search, "müller", ["MÜLLER", "mu\u0308ller", "MU\u0308LLER "]],
      [directory.search, "phil", ["PHİL", "phıl", "ＰＨＩＬ"]],
      [phone(), "+1 555-1234", ["+15551234", "+1 5 5 5 1 2 3 4", "+1-555-1234", "+1 5-5-5 1234"]],
    ];
    let taken = 0;
    for (const [options, name, spellings] of names) {
      const { alike } = ldapLogin(options);
      expect(alike?.(name)).toMatch(/./);
      const uid = options.search?.filter.includes("telephone") ? "phil" : name;
      for (const spelling of [name, ...spellings]) {
        const { outcome } = await tryLogin(options, spelling, `password of ${uid}`);
        if (outcome !== "accepted") continue;
        taken += 1;
        expect([spelling, alike?.(spelling)]).toEqual([spelling, alike?.(name)]);
      }
    }
    expect(taken).toBeGreaterThan(15); // or nothing was shown
  });

  it("so five guesses it is, however a number is spelled", async () => {
    const { guess } = target(phone());
    const answers: number[] = [];
    for (let n = 0; n < 10; n++) {
      const spelling = [..."5551234"].map((char, bit) => ((n >> bit) & 1 ? `${char}-` : char));
      answers.push(await guess(`+1${spelling.join("")}`, "wrong"));
    }
    expect(answers).toEqual([...Array(5).fill(401), ...Array(5).fill(429)]);
  });

  it("those that Active Directory takes for one account are alike", () => {
    const { alike } = ldapLogin({ url: "ldaps://dc", user: "CORP\\{user}" });
    for (const [name, ...spellings] of [
      ["alice", "ALICE", " alice ", "ａlice", "al\u00adice", "alíce", "al\u200bice"],
      ["strasse", "straße", "STRAẞE"],
      ["aegir", "ægir", "Ǽgir"],
      ["lukasz", "łukasz", "ŁUKASZ"],
      ["oestergaard", "œstergaard"],
      ["soren", "søren", "SØREN"],
      ["かな", "カナ", "ｶﾅ"],
      ["7", "007", "+7", " 7"],
    ]) {
      for (const spelling of spellings) expect(alike?.(spelling)).toBe(alike?.(name ?? ""));
    }
    expect(alike?.("bob")).not.toBe(alike?.("rob"));
    expect(alike?.("0")).not.toBe(alike?.("1"));
    expect(alike?.("10")).not.toBe(alike?.("1"));
  });

  it("a frozen directory is unavailable within 3 s for all who try one account at once", async () => {
    const frozen = await startDirectory();
    const { timeout: _, ...options } = frozen.direct;
    const { guess } = target(options);
    frozen.freeze();
    try {
      const started = performance.now();
      const answers = await Promise.all(Array.from({ length: 10 }, () => guess("alice", "x")));
      expect(answers).toEqual(Array(10).fill(503));
      // One after another it would be thirty. This machine may be slow to look at the clock.
      expect(performance.now() - started).toBeLessThan(5_000);
    } finally {
      frozen.resume();
      await frozen.stop();
    }
  });
});
