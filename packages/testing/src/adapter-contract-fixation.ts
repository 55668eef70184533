// Whose session it is: a new cookie at every login, nothing that was planted is ever taken on.

import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import {
  csrfHeader,
  logIn,
  loginJson,
  putData,
  readSession,
  SESSION_COOKIE,
  sessionCookie,
  sessionCookieLines,
  submitLogin,
  whoIs,
} from "./adapter-contract-steps.ts";

export const fixationRules: readonly AdapterRule[] = [
  {
    name: "a login gives a new cookie and a new CSRF token, keeps the data and kills the old cookie",
    async check(subject) {
      for (const login of [submitLogin, loginJson]) {
        const browser = subject.browser();
        const headers = await csrfHeader(browser);
        expectStatus(await putData(browser, "cart", [1, 2], headers), 200, "a write before login");
        const planted = sessionCookie(browser);
        const before = await readSession(browser);
        expectStatus(await login(browser, subject.member), [200, 302, 303], "the login");
        const fresh = sessionCookie(browser);
        expectTrue(fresh !== planted, "the cookie differs after the login");
        expectEqual((await readSession(browser)).data, before.data, "data after the login");
        expectEqual(await whoIs(browser, planted), null, "who the planted cookie stands for");
        expectEqual(
          (await readSession(browser, planted)).data,
          {},
          "what the planted cookie reads",
        );
        for (const token of [before.csrfToken, headers["x-csrf-token"] ?? ""]) {
          const answer = await putData(browser, "cart", [], { "x-csrf-token": token });
          expectStatus(answer, 403, "a CSRF token from before the login");
        }
      }
    },
  },
  {
    name: "logging in again gives a new cookie and kills the one before",
    async check(subject) {
      const browser = subject.browser();
      const account = subject.newMember();
      const first = await logIn(browser, account);
      const second = await logIn(browser, account);
      expectTrue(first !== second, "the cookie differs after the second login");
      expectEqual(await whoIs(browser, first), null, "who the first cookie stands for");
      expectEqual(await whoIs(browser, second), account.user, "who the second stands for");
    },
  },
  {
    name: "logging in as somebody else drops the data of the one before",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.newMember());
      await putData(browser, "diary", "private", await csrfHeader(browser));
      await logIn(browser, subject.newMember());
      const { data } = await readSession(browser);
      expectEqual(data["diary"], undefined, "what the next user sees of the data");
    },
  },
  {
    name: "a well-formed session cookie that the app never gave is not taken on",
    async check(subject) {
      const browser = subject.browser();
      const cookie = `${SESSION_COOKIE}=${"A".repeat(24)}.1.${"B".repeat(43)}`;
      const { csrfToken } = await readSession(browser, cookie);
      const answer = await browser.sendJson("PUT", "/api/session/data/a", 1, {
        "x-csrf-token": csrfToken,
        cookie: `${cookie}; ${browser.jar.header()}`,
      });
      expectStatus(answer, 200, "a write with a made-up cookie");
      expectTrue(sessionCookie(browser) !== cookie, "the session has an id of its own");
      expectEqual((await readSession(browser, cookie)).data, {}, "what the made-up cookie reads");
    },
  },
  {
    name: "a login with a made-up or a stranger's cookie gives a cookie of its own",
    async check(subject) {
      const stranger = subject.browser();
      const account = subject.newMember();
      const theirs = await logIn(stranger, account);
      for (const planted of [`${SESSION_COOKIE}=${"A".repeat(24)}.1.${"B".repeat(43)}`, theirs]) {
        const victim = subject.browser();
        victim.jar.set(SESSION_COOKIE, planted.slice(SESSION_COOKIE.length + 1));
        await logIn(victim, subject.member);
        expectTrue(sessionCookie(victim) !== planted, "the victim's cookie is another one");
        expectEqual(await whoIs(stranger, planted), null, "who the planted cookie stands for now");
      }
    },
  },
  {
    name: "users who log in at once with one planted cookie get sessions of their own",
    async check(subject) {
      const planter = subject.browser();
      await putData(planter, "planted", true, await csrfHeader(planter));
      const planted = sessionCookie(planter);
      const accounts = [subject.admin, subject.member, subject.newMember()];
      const cookies = await Promise.all(
        accounts.map(async (account) => {
          const browser = subject.browser();
          browser.jar.set(SESSION_COOKIE, planted.slice(SESSION_COOKIE.length + 1));
          expectStatus(await loginJson(browser, account), 200, "a login among others");
          return sessionCookie(browser);
        }),
      );
      for (const [index, account] of accounts.entries()) {
        expectEqual(await whoIs(planter, cookies[index]), account.user, "whose session it is");
      }
      expectEqual(await whoIs(planter, planted), null, "who the planted cookie stands for");
    },
  },
  {
    name: "requests with unknown cookies, and logins that fail, set no session cookie",
    async check(subject) {
      const browser = subject.browser();
      for (const path of ["/api/me", "/api/session", "/login", "/logout", "/members"]) {
        for (let time = 0; time < 5; time++) {
          const cookie = `${SESSION_COOKIE}=${"A".repeat(23)}${time}.1.${"B".repeat(43)}`;
          const answer = await browser.send("GET", path, { cookie });
          expectTrue(answer.status < 500, `${path}: status ${answer.status}`);
          expectEqual(sessionCookieLines(answer), [], `${path}: session cookies`);
        }
      }
    },
  },
];
