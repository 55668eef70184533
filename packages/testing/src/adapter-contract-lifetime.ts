// How long a login lasts: what the cookie says, what the server holds to.

import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./adapter-contract-browser.ts";
import { at, expectEqual, expectStatus, expectTrue, textAt } from "./adapter-contract-expect.ts";
import { parseSetCookie } from "./adapter-contract-jar.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import {
  csrfHeader,
  logIn,
  loginJson,
  putData,
  readForm,
  readSession,
  sessionCookieLines,
  submitLogin,
  whoIs,
} from "./adapter-contract-steps.ts";

const DAY = 86_400;

export const lifetimeRules: readonly AdapterRule[] = [
  {
    name: "without remember me the cookie goes with the browser, and the session within a day",
    async check(subject) {
      const browser = subject.browser();
      const attributes = cookieOf(await submitLogin(browser, subject.member));
      expectEqual(
        attributes["max-age"],
        undefined,
        "Max-Age of a cookie that goes with the browser",
      );
      expectEqual(
        attributes["expires"],
        undefined,
        "Expires of a cookie that goes with the browser",
      );
      const { expiresAt } = await readSession(browser);
      expectTrue(expiresAt <= Date.now() + DAY * 1_000 + 1_000, "the session ends within a day");
    },
  },
  {
    name: "remember me keeps the cookie and the session for 30 days, by the page and by JSON",
    async check(subject) {
      const browser = subject.browser();
      const { unticked } = await readForm(browser, "/login");
      const [[name, value] = ["", ""]] = Object.entries(unticked);
      expectTrue(name !== "", "the login page has a box to tick");
      const fields = { [name]: value };
      const page = await submitLogin(browser, subject.member, { fields });
      const json = await loginJson(subject.browser(), subject.member, fields);
      for (const answer of [page, json]) {
        const maxAge = Number(cookieOf(answer)["max-age"]);
        expectTrue(Math.abs(maxAge - 30 * DAY) <= 60, `Max-Age is 30 days, not ${maxAge} s`);
      }
      const lasts = (await readSession(browser)).expiresAt - Date.now();
      expectTrue(Math.abs(lasts - 30 * DAY * 1_000) < 60_000, `the session lasts ${lasts} ms`);
    },
  },
  {
    name: "a made-up lifetime is the usual one",
    async check(subject) {
      const browser = subject.browser();
      const name = textAt((await browser.getJson("/login")).json(), "lifetime", "name");
      for (const value of ["9999d", "__proto__", "constructor", "-1"]) {
        const answer = await loginJson(subject.browser(), subject.member, { [name]: value });
        expectEqual(cookieOf(answer)["max-age"], undefined, `Max-Age for ${name}=${value}`);
      }
    },
  },
  {
    name: "the session's cookie is HttpOnly, SameSite=Lax and for all paths of this host",
    async check(subject) {
      const attributes = cookieOf(await submitLogin(subject.browser(), subject.member));
      expectEqual(attributes["httponly"], "", "HttpOnly");
      expectEqual(attributes["samesite"], "Lax", "SameSite");
      expectEqual(attributes["path"], "/", "Path");
      expectEqual(attributes["domain"], undefined, "Domain");
      expectEqual(attributes["secure"], undefined, "Secure over plain http");
    },
  },
  {
    name: "neither reading nor writing moves the absolute end of a session",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.member);
      const { expiresAt, createdAt } = await readSession(browser);
      await sleep(20);
      await putData(browser, "note", 1, await csrfHeader(browser));
      const after = await readSession(browser);
      expectEqual(after.expiresAt, expiresAt, "expiresAt after a write");
      expectEqual(after.createdAt, createdAt, "createdAt after a write");
    },
  },
  {
    name: "a session ends after LIFETIME, however much it is used",
    waits: true,
    async check(subject) {
      await subject.withApp({ LIFETIME: "2s" }, async (app) => {
        const browser = subject.browser({}, app);
        const headers = await csrfHeader(browser);
        expectStatus(await putData(browser, "note", 1, headers), 200, "the first write");
        const begin = Date.now();
        const cookie = browser.jar.header();
        while (Date.now() < begin + 1_300) {
          const { data } = await readSession(browser, cookie);
          expectEqual(at(data, "note"), 1, `data ${Date.now() - begin} ms after the first write`);
          await sleep(300);
        }
        await sleep(begin + 2_100 - Date.now());
        expectEqual((await readSession(browser, cookie)).data, {}, "data after the end");
      });
    },
  },
  {
    name: "a session ends when nobody visits for IDLE, and lives on while somebody does",
    waits: true,
    async check(subject) {
      await subject.withApp({ IDLE: "2s" }, async (app) => {
        const [busy, idle] = [subject.browser({}, app), subject.browser({}, app)];
        await logIn(busy, subject.member);
        await logIn(idle, subject.member);
        for (let visit = 1; visit <= 5; visit++) {
          await sleep(600);
          expectEqual(
            await whoIs(busy),
            subject.member.user,
            `visit ${visit}, 0.6 s after the last`,
          );
        }
        expectEqual(await whoIs(idle), null, "who is logged in 3 s after the last visit");
      });
    },
  },
  {
    name: "with IDLE a browser may keep a guarded page for as long, with the same cookies only; else not",
    async check(subject) {
      const page = { accept: "text/html", "sec-fetch-dest": "document" };
      await subject.withApp({ IDLE: "864s" }, async (app) => {
        const browser = subject.browser({}, app);
        await logIn(browser, subject.member);
        const answer = await browser.get("/api/me", page);
        const idle = "private, max-age=864";
        expectEqual(answer.header("cache-control"), idle, "Cache-Control with IDLE=864s");
        const vary = answer.header("vary") ?? "";
        expectTrue(/(?:^|,)\s*cookie\s*(?:,|$)/i.test(vary), `Vary names Cookie: ${vary}`);
        for (const [what, headers] of Object.entries(NOT_SHOWN)) {
          const { header } = await browser.get("/api/me", headers);
          expectEqual(header("cache-control"), "private, no-cache", `Cache-Control of ${what}`);
        }
        const own = (await browser.get("/members")).header("cache-control");
        expectEqual(own, "no-store", "Cache-Control that a page has set itself");
      });
      const browser = subject.browser();
      await logIn(browser, subject.member);
      const usual = (await browser.get("/api/me", page)).header("cache-control");
      expectEqual(usual, "private, no-cache", "Cache-Control without IDLE");
    },
  },
];

/** Headers of requests for what no browser shows by itself. */
const NOT_SHOWN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "what a program asks for": { accept: "application/json" },
  "what says nothing of itself": { accept: "*/*" },
  "what a script loads": { accept: "*/*", "sec-fetch-dest": "empty" },
  "an image": { accept: "image/*", "sec-fetch-dest": "image" },
};

/** Attributes of the one session cookie of an answer. */
function cookieOf(answer: Answer): Record<string, string> {
  const lines = sessionCookieLines(answer);
  expectEqual(lines.length, 1, `session cookies of ${answer.request} (status ${answer.status})`);
  return parseSetCookie(lines[0] ?? "").attributes;
}
