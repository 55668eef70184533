// One response head, however the handler writes it: streams, HEAD, 304, keep-alive.

import type { Answer } from "./adapter-contract-browser.ts";
import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { sendRaw } from "./adapter-contract-raw.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import {
  logIn,
  readSession,
  sessionCookieLines,
  submitLogin,
  submitLogout,
  whoIs,
} from "./adapter-contract-steps.ts";

export const headRules: readonly AdapterRule[] = [
  {
    name: "a stream stores its key before the first chunk and sets the session's cookie once",
    async check(subject) {
      const browser = subject.browser();
      const answer = await browser.get("/stream");
      expectStatus(answer, 200, "/stream");
      expectEqual(answer.text.trim().split("\n").length, 3, "lines of the stream");
      expectEqual(sessionCookieLines(answer).length, 1, "session cookies of the stream");
      const { data } = await readSession(browser);
      expectEqual(Object.values(data), [true], "the data after the stream");
      const again = await browser.get("/stream");
      expectStatus(again, 200, "/stream again");
      expectEqual(sessionCookieLines(again), [], "session cookies when nothing changed");
    },
  },
  {
    name: "no answer sets the same cookie twice",
    async check(subject) {
      const browser = subject.browser();
      const answers: Answer[] = [];
      for (const path of ["/", "/", "/login", "/api/session", "/stream", "/members", "/nowhere"]) {
        for (const method of ["GET", "HEAD"]) answers.push(await browser.send(method, path));
      }
      answers.push(await submitLogin(browser, subject.member));
      answers.push(await submitLogin(browser, subject.member));
      for (const path of ["/members", "/account/sessions", "/admin"]) {
        answers.push(await browser.send("HEAD", path));
      }
      answers.push(await submitLogout(browser));
      for (const { setCookies, request } of answers) {
        const names = setCookies.map((line) => line.split("=", 1)[0]);
        expectEqual(names, [...new Set(names)], `names of the cookies set by ${request}`);
      }
    },
  },
  {
    name: "HEAD answers as GET does, without the body",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.member);
      for (const path of ["/", "/members", "/admin", "/login", "/logout", "/api/me", "/nowhere"]) {
        const get = await browser.get(path);
        const head = await browser.send("HEAD", path);
        expectStatus(head, get.status, `HEAD ${path}`);
        expectEqual(head.text, "", `body of HEAD ${path}`);
        expectEqual(
          head.header("content-type"),
          get.header("content-type"),
          `type of HEAD ${path}`,
        );
      }
      expectStatus(await browser.send("HEAD", "/stream"), 200, "HEAD /stream");
    },
  },
  {
    name: "a conditional request gets 304 or the page, and the session lives on",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.member);
      const first = await browser.getJson("/api/me");
      const tag = first.header("etag");
      const again = await browser.getJson("/api/me", { "if-none-match": tag ?? '"x"' });
      expectStatus(again, tag === null ? 200 : [200, 304], "/api/me with If-None-Match");
      if (again.status === 304) expectEqual(again.text, "", "body of a 304");
      expectEqual(again.setCookies, [], "cookies of a request that changed nothing");
      expectEqual(await whoIs(browser), subject.member.user, "who is logged in");
      const shown = await subject.browser().getJson("/api/me", { "if-none-match": tag ?? "*" });
      expectStatus(shown, 401, "/api/me of somebody else with the same tag");
    },
  },
  {
    name: "several requests on one connection stay apart",
    async check(subject) {
      const [one, two] = [subject.browser(), subject.browser()];
      const cookies = [await logIn(one, subject.member), "x=1", await logIn(two, subject.admin)];
      const text = cookies.map((cookie, index) => {
        const last = index === cookies.length - 1 ? "Connection: close\r\n" : "";
        return `GET /api/me HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n${last}\r\n`;
      });
      const answers = await sendRaw(subject.shared.url, text.join(""));
      const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
      expectEqual(statuses, ["200", "401", "200"], "statuses of three pipelined requests");
      const order = [subject.member.user, subject.admin.user].map((user) =>
        answers.indexOf(`"${user}"`),
      );
      expectTrue(
        (order[0] ?? -1) > 0 && (order[0] ?? 0) < (order[1] ?? 0),
        "each gets its own user",
      );
    },
  },
];
