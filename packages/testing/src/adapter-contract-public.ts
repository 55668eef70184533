// What is open to everyone: the front page with its count of visits, /anon, /healthz.

import type { Browser } from "./adapter-contract-browser.ts";
import {
  expectEqual,
  expectPage,
  expectStatus,
  expectTrue,
  mediaType,
} from "./adapter-contract-expect.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import { logIn, readSession, sessionCookieLines, whoIs } from "./adapter-contract-steps.ts";

export const publicRules: readonly AdapterRule[] = [
  {
    name: "/healthz and /anon say ok and set no cookie, whatever the browser sends",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.member);
      for (const path of ["/healthz", "/anon"]) {
        for (const cookie of [browser.jar.header(), "sid=garbage", null]) {
          const answer = await browser.send("GET", path, { cookie });
          expectStatus(answer, 200, path);
          expectEqual(answer.text, "ok", `${path}: body`);
          expectEqual(answer.setCookies, [], `${path}: cookies`);
        }
      }
    },
  },
  {
    name: "a first visit to / leaves no session behind",
    async check(subject) {
      const answer = await subject.browser().get("/");
      expectPage(answer, 200, "/");
      expectEqual(sessionCookieLines(answer), [], "session cookies of a first visit");
    },
  },
  {
    name: "/ counts the visits of each browser, before and after a login",
    async check(subject) {
      const [one, two] = [subject.browser(), subject.browser()];
      for (let visit = 1; visit <= 3; visit++) await one.get("/");
      for (let visit = 1; visit <= 2; visit++) await two.get("/");
      const before = await visitsOf(one);
      await one.get("/");
      expectEqual(await visitsOf(one), before + 1, "visits after one more");
      expectTrue((await visitsOf(two)) < before, "the other browser has a count of its own");
      await logIn(one, subject.newMember());
      expectEqual(await visitsOf(one), before + 1, "visits after the login: the data stays");
      await one.get("/");
      expectEqual(await visitsOf(one), before + 2, "visits of a user who is logged in");
    },
  },
  {
    name: "/ says who is logged in, and to nobody else",
    async check(subject) {
      const account = subject.newMember();
      const [browser, other] = [subject.browser(), subject.browser()];
      await logIn(browser, account);
      const page = await browser.get("/");
      expectTrue(page.text.includes(account.user), "/ names who is logged in");
      expectTrue(!(await other.get("/")).text.includes(account.user), "/ tells nobody else");
      const control = page.header("cache-control") ?? "";
      expectTrue(
        /\b(?:no-store|private)\b/.test(control),
        `/ must not be kept by shared caches; Cache-Control: ${control}`,
      );
    },
  },
  {
    name: "a browser that logs out without its cookies shares nothing with the next user",
    async check(subject) {
      const [first, second] = [subject.newMember(), subject.newMember()];
      const browser = subject.browser();
      const old = await logIn(browser, first);
      browser.jar.clear(); // as "clear site data" does, without a word to the server
      await logIn(browser, second);
      expectEqual(await whoIs(browser), second.user, "who is logged in now");
      expectEqual(await whoIs(browser, old), first.user, "the old cookie's user");
    },
  },
  {
    name: "an unknown path is a 404 page, for every kind of visitor",
    async check(subject) {
      const browser = subject.browser();
      for (const path of ["/nothing-here", "/nothing/here?x=%E0%A4%A", "/%00", "/members.php"]) {
        const answer = await browser.get(path);
        expectStatus(answer, [404, 400], path);
        expectNoTrace(answer.text, path);
        expectEqual(sessionCookieLines(answer), [], `${path}: session cookies`);
      }
      expectEqual(
        mediaType(await browser.get("/nothing-here")),
        "text/html",
        "content type of 404",
      );
    },
  },
];

/** Where the program stands and what it is made of is nobody's business. */
export function expectNoTrace(text: string, what: string): void {
  const found = /\bat [^\n]{0,200}(?:\.[cm]?[jt]s|node:)[^\n]{0,20}:\d+|node_modules/.exec(text);
  expectTrue(found === null, `${what} must not show where the program failed: ${found?.[0]}`);
}

/** The one number in the session that `/` counts. */
async function visitsOf(browser: Browser): Promise<number> {
  const { data } = await readSession(browser);
  const counts = Object.values(data).filter((value) => typeof value === "number");
  expectEqual(counts.length, 1, "numbers in the data of a session that only visited /");
  return counts[0] ?? 0;
}
