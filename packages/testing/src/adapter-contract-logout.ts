// Logging out: GET asks, POST ends the session for good.

import type { Browser } from "./adapter-contract-browser.ts";
import { expectEqual, expectPage, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { formsOf } from "./adapter-contract-form.ts";
import { parseSetCookie } from "./adapter-contract-jar.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import {
  csrfHeader,
  logIn,
  putData,
  readForm,
  readSession,
  SESSION_COOKIE,
  sessionCookieLines,
  submitLogout,
  whoIs,
} from "./adapter-contract-steps.ts";

export const logoutRules: readonly AdapterRule[] = [
  {
    name: "GET /logout asks and logs nobody out, HEAD neither",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.member);
      const page = await browser.get("/logout");
      expectPage(page, 200, "GET /logout");
      expectEqual(formsOf(page.text).length, 1, "forms of the page that asks");
      await browser.send("HEAD", "/logout");
      expectEqual(await whoIs(browser), subject.member.user, "who is logged in after GET and HEAD");
    },
  },
  {
    name: "POST /logout ends the session: its cookie is removed and worth nothing",
    async check(subject) {
      const browser = subject.browser();
      const cookie = await logIn(browser, subject.newMember());
      await putData(browser, "note", "mine", await csrfHeader(browser));
      const answer = await submitLogout(browser);
      expectStatus(answer, [302, 303], "POST /logout");
      const [line = "", ...more] = sessionCookieLines(answer);
      expectEqual(more, [], "further session cookies of a logout");
      expectEqual(parseSetCookie(line).attributes["max-age"], "0", "Max-Age of the removed cookie");
      expectEqual(browser.jar.get(SESSION_COOKIE), null, "the session's cookie in the browser");
      expectEqual(await whoIs(browser, cookie), null, "who the old cookie stands for");
      expectEqual((await readSession(browser, cookie)).data, {}, "what the old cookie can read");
      const after = await browser.get(answer.header("location") ?? "/logout");
      expectPage(after, 200, "the page after a logout");
    },
  },
  {
    name: "a program logs out with its CSRF token and gets JSON",
    async check(subject) {
      const browser = subject.browser();
      const cookie = await logIn(browser, subject.newMember());
      const headers = await csrfHeader(browser);
      expectStatus(await browser.sendJson("POST", "/logout", {}), 403, "without a token");
      expectTrue((await whoIs(browser, cookie)) !== null, "it is still logged in");
      expectStatus(await browser.sendJson("POST", "/logout", {}, headers), 200, "with the token");
      expectEqual(await whoIs(browser, cookie), null, "who the old cookie stands for");
    },
  },
  {
    name: "logging out of one browser leaves the user's other browser logged in",
    async check(subject) {
      const account = subject.newMember();
      const [one, two] = [subject.browser(), subject.browser()];
      await logIn(one, account);
      await logIn(two, account);
      await submitLogout(one);
      expectEqual(await whoIs(two), account.user, "who is logged in at the other browser");
    },
  },
  {
    name: "logging out without a session does nothing, however often, whatever the cookie",
    async check(subject) {
      const garbage = `sid=${"A".repeat(24)}.1.${"B".repeat(43)}`;
      for (const cookie of [null, garbage, "sid=", "sid=x"]) {
        const browser = subject.browser();
        const form = await readLogout(browser);
        for (let time = 1; time <= 2; time++) {
          const answer = await browser.send("POST", "/logout", {
            headers: { "content-type": "application/x-www-form-urlencoded" },
            body: new URLSearchParams(form).toString(),
            cookie,
          });
          expectTrue(answer.status < 500, `POST /logout with ${cookie}: status ${answer.status}`);
          const live = sessionCookieLines(answer).filter((line) => !/max-age=0/i.test(line));
          expectEqual(live, [], `session cookies of a logout with ${cookie}`);
        }
      }
    },
  },
  {
    name: "the page after a logout is the one that next names, on this site only",
    async check(subject) {
      const cases = [
        ["/anon?x=1", "/anon?x=1"],
        ["//evil.example/", "/logout"],
        ["https://evil.example/", "/logout"],
      ];
      for (const [next = "", expected = ""] of cases) {
        const browser = subject.browser();
        await logIn(browser, subject.member);
        const form = await readForm(browser, `/logout?next=${encodeURIComponent(next)}`);
        const answer = await browser.postForm(form.path, form.fields);
        const location = (answer.header("location") ?? "").replace(/^(\/logout)\?.*$/, "$1");
        expectEqual(location, expected, `location of a logout with next=${next}`);
      }
    },
  },
  {
    name: "pages behind a login are not shown from a cache after the logout",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.member);
      for (const path of ["/members", "/account/sessions", "/logout"]) {
        const control = (await browser.get(path)).header("cache-control") ?? "";
        expectTrue(/\bno-store\b|\bno-cache\b/.test(control), `${path}: Cache-Control: ${control}`);
        expectTrue(!/\bpublic\b/.test(control), `${path}: Cache-Control: ${control}`);
      }
    },
  },
  {
    name: "the logout page of one who isn't logged in says so",
    async check(subject) {
      const answer = await subject.browser().get("/logout");
      expectPage(answer, 200, "GET /logout");
      expectEqual(formsOf(answer.text).length, 0, "forms of the page: there is nothing to end");
    },
  },
];

/** The fields of the logout form, where there is one. */
async function readLogout(browser: Browser): Promise<Record<string, string>> {
  const page = await browser.get("/logout");
  return formsOf(page.text)[0]?.fields ?? {};
}
