// Nobody learns from a failed login whether the account exists.

import type { Answer } from "./adapter-contract-browser.ts";
import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { type AdapterRule, randomText } from "./adapter-contract-rule.ts";
import { loginJson, submitLogin } from "./adapter-contract-steps.ts";

export const enumerationRules: readonly AdapterRule[] = [
  {
    name: "a known and an unknown name fail alike, in the page: status, headers and length",
    async check(subject) {
      const known = subject.newMember().user;
      const answers = await Promise.all(
        [known, unlike(known)].map((user) =>
          submitLogin(subject.browser(), { user, password: "wrong password" }),
        ),
      );
      expectAlike(answers, (answer) => answer.text.length);
    },
  },
  {
    name: "a known and an unknown name fail alike for programs, to the last byte",
    async check(subject) {
      const known = subject.newMember().user;
      const answers = await Promise.all(
        [known, unlike(known)].map((user) =>
          loginJson(subject.browser(), { user, password: "wrong password" }),
        ),
      );
      expectAlike(answers, (answer) => answer.text);
    },
  },
  {
    name: "a known and an unknown name are held back alike, try after try",
    async check(subject) {
      const known = subject.newMember().user;
      const tries = [known, unlike(known)].map(async (user) => {
        const seen: number[][] = [];
        for (let attempt = 1; attempt <= 2; attempt++) {
          const answer = await loginJson(subject.browser(), { user, password: "wrong password" });
          seen.push([answer.status, Math.round(answer.ms / 1_000)]);
        }
        return seen;
      });
      const [ofKnown = [], ofUnknown = []] = await Promise.all(tries);
      const statuses = (seen: number[][]): unknown[] => seen.map(([status]) => status);
      expectEqual(statuses(ofUnknown), statuses(ofKnown), "status of each try");
      // A busy machine may round one of them up.
      const apart = ofKnown.map(([, at = 0], index) => Math.abs(at - (ofUnknown[index]?.[1] ?? 0)));
      expectTrue(Math.max(...apart) <= 1, `seconds between the two, each try: ${apart}`);
      const waited = ofKnown.map(([, seconds = 0]) => seconds);
      expectTrue(
        waited.every((seconds) => seconds >= 1),
        `each try is held back: ${waited} s`,
      );
    },
  },
  {
    name: "while one account's tries are held back, the others log in at once",
    async check(subject) {
      const victim = subject.newMember();
      const wrong = loginJson(subject.browser(), { user: victim.user, password: "wrong" });
      const answer = await loginJson(subject.browser(), subject.member);
      expectStatus(answer, 200, "somebody else's login meanwhile");
      expectTrue(answer.ms < 900, `somebody else's login took ${Math.round(answer.ms)} ms`);
      await wrong;
      expectStatus(await loginJson(subject.browser(), victim), 200, "the owner, right afterwards");
    },
  },
];

function expectAlike([one, two]: Answer[], body: (answer: Answer) => unknown): void {
  if (one === undefined || two === undefined) throw new Error("two answers: a bug of the contract");
  expectStatus(one, 401, "a known name with a wrong password");
  expectStatus(two, one.status, "an unknown name");
  expectEqual(headersOf(two), headersOf(one), "headers");
  expectEqual(body(two), body(one), "the body");
}

/** All headers in their order, without what differs with every answer. */
function headersOf(answer: Answer): string[] {
  const lines: string[] = [];
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    const [name = "", value = ""] = answer.rawHeaders.slice(index, index + 2);
    if (name.toLowerCase() === "date") continue;
    const shown = /^(?:set-cookie|etag)$/i.test(name) ? `${value.length} characters` : value;
    lines.push(`${name}: ${shown}`);
  }
  return lines;
}

/** A name of the same length that nobody has. */
function unlike(user: string): string {
  return randomText(user.length).slice(0, user.length);
}
