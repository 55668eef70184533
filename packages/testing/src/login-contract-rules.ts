// The rules of the login contract, each with the row of the security checklist that it stands for.

import type { Answer } from "./adapter-contract-browser.ts";
import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { parseSetCookie } from "./adapter-contract-jar.ts";
import {
  csrfHeader,
  putData,
  readSession,
  SESSION_COOKIE,
  sessionCookie,
  sessionCookieLines,
  whoIs,
} from "./adapter-contract-steps.ts";
import type { LoginSubject } from "./login-contract.ts";
import { resetRace } from "./login-contract-reset.ts";
import { type LoginRule, logIn, send } from "./login-contract-steps.ts";

const ELSEWHERE = [
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "javascript:alert(1)",
];

/**
 * What a method's work differs by must be hidden by the flow's delay. A busy machine adds to it; what
 * is less than this takes thousands of tries to see, which are for a soak.
 */
const SAME_MS = 400;

export const loginRules: readonly LoginRule[] = [
  resetRace,
  {
    name: "a login gives a new cookie, keeps the visitor's data and kills the planted cookie (row 1)",
    async check(subject, newBrowser) {
      const browser = newBrowser();
      await putData(browser, "cart", [1], await csrfHeader(browser));
      const planted = sessionCookie(browser);
      await logIn(subject, browser);
      expectTrue(sessionCookie(browser) !== planted, "the cookie differs after the login");
      expectEqual((await readSession(browser)).data["cart"], [1], "data from before the login");
      expectEqual(await whoIs(browser, planted), null, "who the planted cookie stands for");
    },
  },
  {
    name: "a made-up cookie is not taken on by a login (row 1)",
    async check(subject, newBrowser) {
      const browser = newBrowser();
      const made = `${"A".repeat(24)}.1.${"B".repeat(43)}`;
      browser.jar.set(SESSION_COOKIE, made);
      await logIn(subject, browser);
      expectTrue(browser.jar.get(SESSION_COOKIE) !== made, "the cookie is one of the app's own");
    },
  },
  {
    name: "every failure looks the same: status, headers and length; each is told once (rows 11, 32, 79)",
    async check(subject, newBrowser) {
      let first: string | null = null;
      for (const [name, begin] of Object.entries(subject.failures)) {
        const browser = newBrowser();
        const step = await begin(browser);
        const answer = await toldOnce(subject, "failure", () => send(browser, step));
        expectStatus(answer, [400, 401], name);
        expectEqual(sessionCookieLines(answer), [], `${name}: session cookies`);
        expectEqual(await whoIs(browser), null, `${name}: who is logged in`);
        first ??= shapeOf(answer);
        expectEqual(shapeOf(answer), first, `${name}: the answer`);
      }
    },
  },
  {
    name: "every failure is answered after the same time (row 31)",
    async check(subject, newBrowser) {
      const times: number[] = [];
      for (const begin of Object.values(subject.failures)) {
        const browser = newBrowser();
        times.push((await send(browser, await begin(browser))).ms);
      }
      if (times.length === 0) return;
      const apartMs = Math.max(...times) - Math.min(...times);
      expectTrue(apartMs <= SAME_MS, `answers to failures are ${apartMs.toFixed()} ms apart`);
    },
  },
  {
    name: "after a login nobody is sent to another site (row 27)",
    async check(subject, newBrowser) {
      for (const target of ELSEWHERE) {
        const browser = newBrowser();
        const query = `?next=${encodeURIComponent(target)}`;
        const answer = await send(browser, await subject.begin(browser, query));
        expectStatus(answer, 303, `a login with next=${target}`);
        const location = new URL(answer.header("location") ?? "", subject.url);
        expectEqual(location.origin, new URL(subject.url).origin, `where next=${target} leads`);
      }
    },
  },
  {
    name: "the page that was asked for is where a login leads",
    async check(subject, newBrowser) {
      const browser = newBrowser();
      const answer = await send(browser, await subject.begin(browser, "?next=%2Fmembers%3Fa%3D1"));
      expectEqual(answer.header("location"), "/members?a=1", "where the login leads");
    },
  },
  {
    name: "the last step of one browser logs in no other (rows 26, 29)",
    async check(subject, newBrowser) {
      const [mine, theirs] = [newBrowser(), newBrowser()];
      const step = await subject.begin(mine, "");
      await readSession(theirs); // a victim that has a visitor's cookie of their own
      const answer = await send(theirs, step);
      expectTrue(answer.status >= 400, `a stranger's last step: status ${answer.status}`);
      expectEqual(await whoIs(theirs), null, "who the other browser is logged in as");
    },
  },
  {
    name: "a form without its CSRF token logs nobody in (row 26)",
    async check(subject, newBrowser) {
      const browser = newBrowser();
      const step = await subject.begin(browser, "");
      if (step.method === "GET") return; // A provider's answer: the rule before this one is its.
      const { _csrf: token, ...fields } = step.fields ?? {};
      if (token === undefined) return; // A provider's page sends it.
      expectStatus(await send(browser, { ...step, fields }), 403, "without the token");
      const forged = { ...step, fields: { ...fields, _csrf: token.replace(/.$/, "_") } };
      expectStatus(await send(browser, forged), 403, "with a forged token");
      expectEqual(await whoIs(browser), null, "who is logged in");
    },
  },
  {
    name: "programs get JSON, never a page",
    async check(subject, newBrowser) {
      const browser = newBrowser();
      const page = await browser.getJson("/login");
      expectStatus(page, 200, "the login page for a program");
      expectTrue(typeof page.json() === "object", "the login page as JSON");
      const step = await subject.begin(browser, "");
      const answer = await send(browser, step, { accept: "application/json" });
      expectStatus(answer, 200, "a login by a program");
      const { user } = Object(answer.json());
      expectEqual(Object(user)["id"], subject.userId, "who the program logged in as");
    },
  },
  {
    name: "no cookie can be read by scripts or sent along by other sites; nothing is cached",
    async check(subject, newBrowser) {
      const browser = newBrowser();
      const answers = [await browser.get("/login"), await logIn(subject, browser)];
      for (const answer of answers) {
        expectTrue(
          /no-store/.test(answer.header("cache-control") ?? ""),
          `${answer.request}: cached`,
        );
        for (const line of answer.setCookies) {
          const { name, attributes } = parseSetCookie(line);
          expectTrue("httponly" in attributes, `${name} is HttpOnly`);
          expectEqual(attributes["samesite"], "Lax", `SameSite of ${name} over plain http`);
          expectEqual(attributes["path"], "/", `Path of ${name}`);
          expectTrue(!("domain" in attributes), `${name} has no Domain`);
        }
      }
    },
  },
  {
    name: "logging out after it is final; the login and the logout are told once each (row 79)",
    async check(subject, newBrowser) {
      const browser = newBrowser();
      const step = await subject.begin(browser, "");
      await toldOnce(subject, "login", () => send(browser, step));
      const cookie = sessionCookie(browser);
      const headers = await csrfHeader(browser);
      await toldOnce(subject, "logout", () => browser.postForm("/logout", {}, headers));
      expectEqual(await whoIs(browser, cookie), null, "who the cookie stands for");
    },
  },
  {
    name: "logins and failures are told to the audit, secrets are not (row 79)",
    async check(subject, newBrowser) {
      await logIn(subject, newBrowser());
      const told = await subject.events();
      expectTrue(told.includes(subject.userId), "the login is told, with the user's id");
      for (const secret of subject.secrets()) {
        expectTrue(!told.includes(secret), "the audit holds a secret");
      }
    },
  },
];

/** @param event What its line must say. */
async function toldOnce(
  subject: LoginSubject,
  event: string,
  act: () => Promise<Answer>,
): Promise<Answer> {
  const before = linesOf(await subject.events()).length;
  const answer = await act();
  const told = linesOf(await subject.events()).slice(before);
  expectEqual(told.length, 1, `events of a ${event}: ${told.join(" | ")}`);
  expectTrue(told[0]?.includes(event) === true, `what is told of a ${event}: ${told[0]}`);
  return answer;
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** What differs with every answer, a token or the time, differs not in length. */
function shapeOf(answer: Answer): string {
  const names = answer.rawHeaders.filter((_, index) => index % 2 === 0);
  return `${answer.status} ${names.join(" ").toLowerCase()} ${answer.text.length}`;
}
