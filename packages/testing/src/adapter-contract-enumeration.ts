// Nobody learns from a failed login whether the account exists.

import { isDeepStrictEqual } from "node:util";
import type { Answer } from "./adapter-contract-browser.ts";
import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { type AdapterRule, type AdapterSubject, randomText } from "./adapter-contract-rule.ts";
import { loginJson, submitLogin } from "./adapter-contract-steps.ts";

export const enumerationRules: readonly AdapterRule[] = [
  {
    name: "a known and an unknown name fail alike, in the page: status, headers and length",
    waits: true,
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
    waits: true,
    async check(subject) {
      const known = subject.newMember().user;
      const password = randomText();
      subject.secrets.add(password);
      const answers = await Promise.all(
        [known, unlike(known)].map((user) => loginJson(subject.browser(), { user, password })),
      );
      expectAlike(answers, (answer) => answer.text);
    },
  },
  {
    name: "a known and an unknown name are held back alike, try after try",
    waits: true,
    async check(subject) {
      // Nothing but a busy machine makes an answer later than it is due: a difference counts that
      // is there three times, each time with other names.
      for (let time = 1; ; time++) {
        const known = subject.newMember().user;
        const [ofKnown = [], ofUnknown = []] = await Promise.all(
          [known, unlike(known)].map((user) => failTwice(subject, user)),
        );
        for (const { seconds } of ofKnown) {
          expectTrue(seconds >= 1, `each try is held back for a second at least: ${seconds} s`);
        }
        if (time < 3 && !isDeepStrictEqual(ofUnknown, ofKnown)) continue;
        expectEqual(ofUnknown, ofKnown, "status and whole seconds of each try");
        return;
      }
    },
  },
  {
    name: "while one account's tries are held back, the others log in at once",
    waits: true,
    async check(subject) {
      const victim = subject.newMember();
      let held = true;
      const wrong = loginJson(subject.browser(), { user: victim.user, password: "wrong" });
      const answered = wrong.finally(() => {
        held = false;
      });
      const answer = await loginJson(subject.browser(), subject.newMember());
      expectStatus(answer, 200, "somebody else's login meanwhile");
      expectTrue(held, "somebody else's login is answered while the wrong one is held back");
      await answered;
      expectStatus(await loginJson(subject.browser(), victim), 200, "the owner, right afterwards");
    },
  },
];

async function failTwice(
  subject: AdapterSubject,
  user: string,
): Promise<{ status: number; seconds: number }[]> {
  const seen: { status: number; seconds: number }[] = [];
  for (let attempt = 1; attempt <= 2; attempt++) {
    const answer = await loginJson(subject.browser(), { user, password: "wrong password" });
    seen.push({ status: answer.status, seconds: Math.floor(answer.ms / 1_000) });
  }
  return seen;
}

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
