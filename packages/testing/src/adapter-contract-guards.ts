// Who may see what: pages for members, for admins, and what everyone else is told.

import type { Browser } from "./adapter-contract-browser.ts";
import {
  at,
  expectEqual,
  expectPage,
  expectProblem,
  expectRedirect,
  expectStatus,
  expectTrue,
} from "./adapter-contract-expect.ts";
import { expectNoTrace } from "./adapter-contract-public.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import { logIn, submitLogin } from "./adapter-contract-steps.ts";

const guarded = ["/members", "/admin", "/account/sessions"];

export const guardRules: readonly AdapterRule[] = [
  {
    name: "a browser that isn't logged in is sent to the login page, and back after it",
    async check(subject) {
      for (const path of [...guarded, "/members?tab=2&q=a%26b"]) {
        const browser = subject.browser();
        const sent = await browser.get(path);
        const login = `/login?next=${encodeURIComponent(path)}`;
        const written = (sent.header("location") ?? "").replaceAll("+", "%20");
        expectStatus(sent, [302, 303], `GET ${path}`);
        expectEqual(decodeURIComponent(written), decodeURIComponent(login), `location of ${path}`);
        const back = await submitLogin(browser, subject.admin, { path: written });
        expectRedirect(back, path, `the login that ${path} asked for`);
        expectStatus(await browser.get(path), 200, `${path} after the login`);
      }
    },
  },
  {
    name: "HEAD is sent to the login page too; a form that was posted is not",
    async check(subject) {
      const browser = subject.browser();
      expectStatus(await browser.send("HEAD", "/members"), [302, 303], "HEAD /members");
      const answer = await browser.postForm("/account/sessions/revoke-others", {});
      expectStatus(answer, [401, 403], "POST /account/sessions/revoke-others, not logged in");
      expectEqual(answer.header("location"), null, "location of the refusal");
    },
  },
  {
    name: "a program that isn't logged in gets 401 as a problem, never a redirect",
    async check(subject) {
      const asks: Record<string, string>[] = [
        { accept: "application/json" },
        { accept: "application/problem+json" },
        { "x-requested-with": "XMLHttpRequest" },
      ];
      for (const headers of asks) {
        for (const path of [...guarded, "/api/me"]) {
          const answer = await subject.browser().get(path, headers);
          expectProblem(answer, 401, `${path} with ${JSON.stringify(headers)}`);
          expectEqual(answer.setCookies, [], `${path}: cookies of the refusal`);
        }
      }
      expectStatus(await subject.browser().get("/api/me"), 401, "/api/me asked for as a page");
    },
  },
  {
    name: "/members is for every user, /admin for admins",
    async check(subject) {
      const [member, admin] = [subject.browser(), subject.browser()];
      await logIn(member, subject.member);
      await logIn(admin, subject.admin);
      for (const browser of [member, admin]) {
        expectPage(await browser.get("/members"), 200, "/members");
      }
      expectPage(await admin.get("/admin"), 200, "/admin for an admin");
      const page = await member.get("/admin");
      expectPage(page, 403, "/admin for a member");
      expectTrue(page.text.includes(subject.member.user), "the 403 page says who is logged in");
      const problem = await member.getJson("/admin");
      expectProblem(problem, 403, "/admin for a member's program");
      expectEqual(at(problem.json(), "code"), "forbidden", "code of the problem");
    },
  },
  {
    name: "no spelling of a path gets around its guard",
    async check(subject) {
      const [nobody, member] = [subject.browser(), subject.browser()];
      await logIn(member, subject.member);
      const admin = subject.browser();
      await logIn(admin, subject.admin);
      const heading = /<h1\b.*?<\/h1>/s.exec((await admin.get("/admin")).text)?.[0] ?? "?";
      const spellings = [
        ...["/admin/", "//admin", "/ADMIN", "/Admin/", "/./admin", "/x/../admin", "/%61dmin"],
        ...["/admin%2f", "/admin%00", "/admin;x=1", "/admin?next=/login", "/admin#/login"],
        ...["/login/../admin", "/login/%2e%2e/admin", "/admin/login", "/logout/../admin"],
        ...["/admin%3f/login", "/admin?/login", "/admin/?/logout", "/ad%6din", "/admin.json"],
      ];
      const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];
      for (const browser of [nobody, member]) {
        for (const path of spellings) await expectClosed(browser, { method: "GET", path, heading });
        for (const method of methods) {
          await expectClosed(browser, { method, path: "/admin", heading });
        }
      }
    },
  },
  {
    name: "no header that a visitor can send opens a guarded page or moves where it leads",
    async check(subject) {
      const browser = subject.browser();
      const tricks: Record<string, string>[] = [
        { "x-original-url": "/anon" },
        { "x-rewrite-url": "/anon" },
        { "x-forwarded-user": "ada", "remote-user": "ada" },
        { "x-http-method-override": "GET" },
        { host: "evil.example" },
        { "x-forwarded-host": "evil.example" },
        { "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" },
        { forwarded: "for=127.0.0.1;host=evil.example;proto=https" },
      ];
      for (const headers of tricks) {
        const answer = await browser.get("/members", headers);
        expectRedirect(
          answer,
          "/login?next=%2Fmembers",
          `/members with ${JSON.stringify(headers)}`,
        );
      }
    },
  },
  {
    name: "a credential in Authorization that nobody asked for is not taken, and breaks nothing",
    async check(subject) {
      const values = ["Bearer", "Bearer ", "Basic %%%", "Basic", "Basic Og==", "", "Bearer a.b.c"];
      for (const authorization of [...values, "Digest x", "\t", `Basic ${"A".repeat(8_000)}`]) {
        const browser = subject.browser({ authorization });
        const answer = await browser.getJson("/api/me");
        expectStatus(answer, 401, `/api/me with Authorization: ${authorization.slice(0, 20)}`);
        expectNoTrace(answer.text, "the refusal");
        expectStatus(await browser.get("/"), 200, "/ with the same header");
      }
    },
  },
];

/** Whatever the answer is, it isn't the page. */
async function expectClosed(browser: Browser, how: Attempt): Promise<void> {
  const { method, path, heading } = how;
  const answer = await browser.send(method, path);
  expectTrue(answer.status < 500, `${method} ${path}: status ${answer.status}`);
  expectTrue(!answer.text.includes(heading), `${method} ${path} shows the guarded page`);
}

interface Attempt {
  method: string;
  path: string;
  heading: string;
}
