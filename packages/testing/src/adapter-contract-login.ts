// Logging in, by the page and by JSON.

import {
  at,
  expectEqual,
  expectPage,
  expectProblem,
  expectRedirect,
  expectStatus,
  expectTrue,
  mediaType,
  textAt,
} from "./adapter-contract-expect.ts";
import { formsOf } from "./adapter-contract-form.ts";
import { type AdapterRule, randomText } from "./adapter-contract-rule.ts";
import {
  logIn,
  loginJson,
  sessionCookieLines,
  submitLogin,
  whoIs,
} from "./adapter-contract-steps.ts";

export const loginRules: readonly AdapterRule[] = [
  {
    name: "the login page is a form that posts, with labels, and may not be framed or cached",
    async check(subject) {
      const page = await subject.browser().get("/login");
      expectPage(page, 200, "/login");
      const [form] = formsOf(page.text);
      expectEqual(form?.method, "post", "method of the login form");
      expectTrue("user" in (form?.fields ?? {}), "the form has a field user");
      expectEqual(form?.fields["password"], "", "the form's password to begin with");
      for (const [, id = ""] of page.text.matchAll(/<input\b[^>]*\bid="([^"]+)"/g)) {
        expectTrue(page.text.includes(`for="${id}"`), `the input #${id} has a label`);
      }
      const policy = page.header("content-security-policy") ?? "";
      expectTrue(/frame-ancestors 'none'/.test(policy), `framing is forbidden; CSP: ${policy}`);
      expectTrue(/default-src 'none'/.test(policy), `nothing is loaded unasked; CSP: ${policy}`);
      expectTrue(/no-store/.test(page.header("cache-control") ?? ""), "/login is never cached");
      expectEqual(page.header("x-content-type-options"), "nosniff", "x-content-type-options");
      expectEqual(sessionCookieLines(page), [], "session cookies of the login page");
    },
  },
  {
    name: "what is below the login and the logout page is not found",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.member);
      for (const path of ["/login/anything", "/logout/anything", "/login/login?next=/"]) {
        for (const method of ["GET", "HEAD"]) {
          expectStatus(await browser.send(method, path), 404, `${method} ${path}`);
        }
        const posted = await browser.postForm(path, { user: "x", password: "x" });
        expectStatus(posted, 404, `POST ${path}`);
      }
      expectEqual(await whoIs(browser), subject.member.user, "who is logged in afterwards");
    },
  },
  {
    name: "the right name and password log in, by the page",
    async check(subject) {
      const browser = subject.browser();
      const answer = await submitLogin(browser, subject.member);
      expectRedirect(answer, "/", "a login without next");
      expectEqual(await whoIs(browser), subject.member.user, "who is logged in");
    },
  },
  {
    name: "the right name and password log in, by JSON, without a redirect",
    async check(subject) {
      const browser = subject.browser();
      const answer = await loginJson(browser, subject.member, { next: "/members" });
      expectStatus(answer, 200, "a JSON login");
      expectEqual(mediaType(answer), "application/json", "content type of a JSON login");
      expectEqual(textAt(answer.json(), "user", "id"), subject.member.user, "user in the answer");
      expectEqual(textAt(answer.json(), "next"), "/members", "next in the answer");
      expectEqual(await whoIs(browser), subject.member.user, "who is logged in");
    },
  },
  {
    name: "the login form is there for programs, too",
    async check(subject) {
      const answer = await subject.browser().getJson("/login");
      expectStatus(answer, 200, "GET /login as JSON");
      expectEqual(mediaType(answer), "application/json", "content type");
      expectTrue(textAt(answer.json(), "csrf", "value").length > 20, "it has a CSRF token");
    },
  },
  {
    name: "a wrong password shows the form again, keeps the name and forgets the password",
    waits: true,
    async check(subject) {
      const browser = subject.browser();
      const { user } = subject.newMember();
      const password = randomText();
      subject.secrets.add(password);
      const answer = await submitLogin(browser, { user, password });
      expectPage(answer, 401, "a login with a wrong password");
      expectEqual(sessionCookieLines(answer), [], "session cookies of a failed login");
      const form = formsOf(answer.text)[0];
      expectEqual(form?.fields["user"], user, "the name in the form");
      expectEqual(form?.fields["password"], "", "the password in the form");
      expectTrue(answer.text.includes('role="alert"'), "the failure is announced");
      expectTrue(!answer.text.includes(password), "the password must not come back");
      expectEqual(await whoIs(browser), null, "who is logged in");
    },
  },
  {
    name: "a wrong password is a problem for programs",
    waits: true,
    async check(subject) {
      const browser = subject.browser();
      const answer = await loginJson(browser, { user: subject.newMember().user, password: "no" });
      expectProblem(answer, 401, "a JSON login with a wrong password");
      expectEqual(at(answer.json(), "code"), "invalid-credentials", "code of the problem");
      expectEqual(sessionCookieLines(answer), [], "session cookies of a failed login");
    },
  },
  {
    name: "a failed login leaves the present one alone",
    waits: true,
    async check(subject) {
      const browser = subject.browser();
      const cookie = await logIn(browser, subject.member);
      await submitLogin(browser, { user: `nobody-${randomText(6)}`, password: "no" });
      expectEqual(await whoIs(browser, cookie), subject.member.user, "who is still logged in");
    },
  },
  {
    name: "other methods on /login are refused with what is allowed",
    async check(subject) {
      for (const method of ["PUT", "DELETE", "PATCH"]) {
        const answer = await subject.browser().send(method, "/login");
        expectStatus(answer, 405, `${method} /login`);
        expectTrue(/\bPOST\b/.test(answer.header("allow") ?? ""), "Allow names POST");
      }
    },
  },
];
