// Requests that another site makes the browser send.

import { expectEqual, expectProblem, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import {
  csrfHeader,
  logIn,
  putData,
  readForm,
  readSession,
  sessionCookieLines,
  whoIs,
} from "./adapter-contract-steps.ts";

/** What browsers say of a request that another site's page caused. */
const foreign: readonly Record<string, string>[] = [
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
  { origin: "https://evil.example" },
];

/** What a sandboxed frame says, and a page of our own with `Referrer-Policy: no-referrer`. */
const hidden = { origin: "null" };

export const csrfRules: readonly AdapterRule[] = [
  {
    name: "a form without its token, or with a wrong one, changes nothing",
    async check(subject) {
      const browser = subject.browser();
      const cookie = await logIn(browser, subject.newMember());
      const { fields } = await readForm(browser, "/logout");
      const [name = "_csrf"] = Object.keys(fields).filter((key) => /csrf/i.test(key));
      const good = fields[name] ?? "";
      const other = subject.browser();
      await logIn(other, subject.newMember());
      const theirs = (await readSession(other)).csrfToken;
      const anonymous = (await readSession(subject.browser())).csrfToken;
      const bad = ["", "x", theirs, anonymous, `${good}x`, good.slice(1), good.toLowerCase()];
      for (const token of bad) {
        const answer = await browser.postForm("/logout", { [name]: token });
        expectStatus(answer, 403, `POST /logout with the token ${token || "''"}`);
      }
      expectStatus(await browser.postForm("/logout", {}), 403, "POST /logout without a token");
      expectTrue((await whoIs(browser, cookie)) !== null, "still logged in");
    },
  },
  {
    name: "a JSON write needs the token of this very session",
    async check(subject) {
      const [mine, theirs] = [subject.browser(), subject.browser()];
      await logIn(mine, subject.newMember());
      await logIn(theirs, subject.newMember());
      const foreignToken = await csrfHeader(theirs);
      const anonymous = await csrfHeader(subject.browser());
      for (const headers of [{}, foreignToken, anonymous, { "x-csrf-token": "x" }]) {
        expectProblem(await putData(mine, "a", 1, headers), 403, "PUT with a wrong token");
        const path = "/api/session/data/a";
        expectStatus(
          await mine.send("DELETE", path, { headers }),
          403,
          "DELETE with a wrong token",
        );
        const more = await mine.sendJson("POST", `${path}/increment`, {}, headers);
        expectStatus(more, 403, "an increment with a wrong token");
      }
      expectEqual((await readSession(mine)).data["a"], undefined, "the key that was refused");
      expectStatus(await putData(mine, "a", 1, await csrfHeader(mine)), 200, "with its own token");
    },
  },
  {
    name: "a page of this site may write without a token where the browser says so",
    async check(subject) {
      const browser = subject.browser({ "sec-fetch-site": "same-origin" });
      await logIn(browser, subject.member);
      expectStatus(await putData(browser, "a", 1, {}), 200, "same-origin, no token");
      expectStatus(await putData(browser, "a", 1, { "x-csrf-token": "x" }), 403, "a wrong token");
      const origin = { origin: "https://evil.example" };
      const answer = await putData(browser, "a", 2, { ...origin, "sec-fetch-site": "none" });
      expectStatus(answer, 403, "no token, not from a page of this site");
    },
  },
  {
    name: "another site's page can't write, not even with the right token",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.member);
      const token = await csrfHeader(browser);
      for (const headers of foreign) {
        const answer = await putData(browser, "b", 1, { ...token, ...headers });
        expectStatus(answer, 403, `PUT with ${JSON.stringify(headers)}`);
        const plain = await browser.send("POST", "/api/session/data/b/increment", { headers });
        expectStatus(plain, 403, `an increment with ${JSON.stringify(headers)}`);
      }
      expectStatus(await putData(browser, "b", 1, hidden), 403, "PUT from nobody knows where");
      expectEqual((await readSession(browser)).data["b"], undefined, "the key that was refused");
    },
  },
  {
    name: "another site can't log a visitor out, by link, image or form",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.member);
      const { fields } = await readForm(browser, "/logout");
      for (const headers of foreign) {
        for (const method of ["GET", "HEAD"]) {
          const answer = await browser.send(method, "/logout?_csrf=x&confirm=yes", { headers });
          expectEqual(answer.setCookies, [], `cookies of a cross-site ${method} /logout`);
        }
        const posted = await browser.postForm("/logout", fields, headers);
        expectStatus(posted, 403, `POST /logout with ${JSON.stringify(headers)}`);
        expectStatus(await browser.postForm("/logout", {}, headers), 403, "without the token");
      }
      expectStatus(await browser.postForm("/logout", {}, hidden), 403, "from nobody knows where");
      expectEqual(await whoIs(browser), subject.member.user, "who is logged in after all that");
    },
  },
  {
    name: "another site can't log a visitor in as somebody of its choice",
    async check(subject) {
      for (const headers of foreign) {
        const browser = subject.browser();
        const { fields } = await readForm(browser, "/login");
        const { user, password } = subject.member;
        const answers = [
          await browser.postForm("/login", { ...fields, user, password }, headers),
          await browser.postForm("/login", { user, password }, headers),
          await subject.browser().sendJson("POST", "/login", { user, password }, headers),
        ];
        for (const answer of answers) {
          expectStatus(answer, 403, `POST /login with ${JSON.stringify(headers)}`);
          expectEqual(sessionCookieLines(answer), [], "session cookies of the refusal");
        }
      }
      const { user, password } = subject.member;
      const bare = await subject.browser().sendJson("POST", "/login", { user, password }, hidden);
      expectStatus(bare, 403, "POST /login from nobody knows where, without a token");
      const plain = await subject.browser().send("POST", "/login", {
        headers: { "content-type": "text/plain" },
        body: JSON.stringify({ user, password }),
      });
      expectStatus(plain, [400, 403, 415], "JSON sent as text/plain, which needs no permission");
    },
  },
  {
    name: "the login form's token belongs to the browser that loaded it",
    async check(subject) {
      const [victim, attacker] = [subject.browser(), subject.browser()];
      const { fields } = await readForm(attacker, "/login");
      const { user, password } = subject.member;
      await readForm(victim, "/login");
      const answer = await victim.postForm("/login", { ...fields, user, password });
      expectStatus(answer, 403, "POST /login with another browser's token");
      const fresh = subject.browser();
      const bare = await fresh.postForm("/login", { ...fields, user, password });
      expectStatus(bare, 403, "POST /login without any cookie");
    },
  },
];
