// Cookies that a browser never sends by itself: forged, doubled, huge, malformed.

import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { parseSetCookie } from "./adapter-contract-jar.ts";
import { rawStatus } from "./adapter-contract-raw.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import {
  logIn,
  readSession,
  SESSION_COOKIE,
  sessionCookieLines,
  submitLogin,
  whoIs,
} from "./adapter-contract-steps.ts";

export const cookieRules: readonly AdapterRule[] = [
  {
    name: "a session cookie with any part changed is worth nothing",
    async check(subject) {
      const browser = subject.browser();
      const good = await logIn(browser, subject.newMember());
      for (const forged of forgeries(good.slice(SESSION_COOKIE.length + 1))) {
        const cookie = `${SESSION_COOKIE}=${forged}`;
        expectEqual(await whoIs(browser, cookie), null, `who ${cookie.slice(0, 200)} stands for`);
        expectEqual((await readSession(browser, cookie)).data, {}, "what it reads");
      }
      expectTrue((await whoIs(browser, good)) !== null, "the true cookie still holds");
    },
  },
  {
    name: "two session cookies are none: nobody can tell which was planted",
    async check(subject) {
      const [one, two] = [subject.browser(), subject.browser()];
      const [a, b] = [await logIn(one, subject.newMember()), await logIn(two, subject.newMember())];
      const doubles = [`${a}; ${b}`, `${b}; ${a}`, `${a}; ${a}`, `${a};${a}`, `${a}; sid=`];
      for (const cookie of [...doubles, `sid=; ${a}`, `sid=x; ${a}`, `${a}; x=1; sid=x`]) {
        expectEqual(await whoIs(one, cookie), null, `who ${cookie.slice(0, 20)}… twice stands for`);
      }
      for (const cookie of [`x=1; ${a}; y="2"`, `xsid=1; ${a}; sidx=2; SID=3`, `a;b; =c; ${a};`]) {
        expectTrue((await whoIs(one, cookie)) !== null, `one among others counts: ${cookie}`);
      }
    },
  },
  {
    name: "cookies that no app sets leave a visitor anonymous and the app unharmed",
    async check(subject) {
      const browser = subject.browser();
      const many = Array.from({ length: 1_000 }, (_, index) => `c${index}=${index}`).join("; ");
      const odd = ["sid=../x", "sid=__proto__", "sid=sess:*", "sid=%", "sid=%E0%A4%A", "sid=%00"];
      const stranger = ["__proto__=1; constructor=2; toString=3", "=; ==; ;;;", '"', "sid", "sid="];
      const long = [
        `sid=${"x".repeat(10_000)}`,
        `sid=${"%".repeat(10_000)}`,
        many,
        `${many}; sid=x`,
      ];
      for (const cookie of [...odd, ...stranger, ...long, "sid=s:x.y", "sid=[object Object]"]) {
        for (const path of ["/", "/api/me", "/api/session", "/members"]) {
          const headers = { accept: "application/json" };
          const answer = await browser.send("GET", path, { cookie, headers });
          expectTrue(answer.status < 500, `${path} with ${cookie.slice(0, 40)}: ${answer.status}`);
        }
        expectEqual(await whoIs(browser, cookie), null, `who ${cookie.slice(0, 40)} stands for`);
      }
    },
  },
  {
    name: "control characters in a cookie never reach the app",
    async check(subject) {
      for (const byte of ["\0", "\u0001", "\x7f", "\u0080"]) {
        const status = await rawStatus(
          subject.shared.url,
          `GET /api/me HTTP/1.1\r\nHost: localhost\r\nCookie: sid=a${byte}b\r\nConnection: close\r\n\r\n`,
        );
        expectTrue(
          status === 400 || status === 401,
          `a cookie with ${JSON.stringify(byte)}: ${status}`,
        );
      }
    },
  },
  {
    name: "a header full of cookies costs less than 5 ms",
    async check(subject) {
      const browser = subject.browser();
      const many = Array.from({ length: 1_000 }, (_, index) => `c${index}=%${index}`).join("; ");
      const cookies = ["sid=x", `${many}; sid=x`, `sid=${"%".repeat(15_000)}`, ";".repeat(15_000)];
      const times: number[] = [];
      for (const cookie of cookies) {
        const all: number[] = [];
        for (let time = 0; time < 30; time++) {
          const headers = { accept: "application/json" };
          const answer = await browser.send("GET", "/api/me", { cookie, headers });
          expectStatus(answer, 401, "/api/me");
          all.push(answer.ms);
        }
        times.push(Math.min(...all));
      }
      const [short = 0, ...rest] = times;
      for (const time of rest) {
        expectTrue(
          time - short < 5,
          `it costs ${time.toFixed(1)} ms, a short one ${short.toFixed(1)} ms`,
        );
      }
    },
  },
  {
    name: "over https the cookie is Secure and named __Host-, if a trusted proxy says that it is",
    async check(subject) {
      const https = { "x-forwarded-proto": "https" };
      await subject.withApp({ TRUST_PROXY: "1" }, async (app) => {
        const browser = subject.browser(https, app);
        const lines = (await submitLogin(browser, subject.member)).setCookies;
        const own = lines.filter((line) => line.startsWith(`__Host-${SESSION_COOKIE}=`));
        expectEqual(own.length, 1, "cookies named __Host-sid");
        const { attributes } = parseSetCookie(own[0] ?? "");
        expectEqual(attributes["secure"], "", "Secure");
        expectEqual(attributes["path"], "/", "Path");
        expectEqual(attributes["domain"], undefined, "Domain");
        expectEqual(await whoIs(browser), subject.member.user, "who is logged in");
        const value = browser.jar.get(`__Host-${SESSION_COOKIE}`);
        expectEqual(
          await whoIs(browser, `${SESSION_COOKIE}=${value}`),
          null,
          "under the plain name",
        );
      });
      const browser = subject.browser(https);
      const lines = sessionCookieLines(await submitLogin(browser, subject.member));
      expectEqual(lines.length, 1, "cookies with the plain name where no proxy is trusted");
    },
  },
];

/** Every way to bend `id.generation.mac`. */
function forgeries(good: string): string[] {
  const [id = "", generation = "", mac = ""] = good.split(".");
  const flip = (text: string): string => (text.startsWith("A") ? "B" : "A") + text.slice(1);
  const last = mac.slice(0, -1);
  return [
    ...[`${flip(id)}.${generation}.${mac}`, `${id}.${Number(generation) + 1}.${mac}`],
    ...[`${id}.0${generation}.${mac}`, `${id}.-1.${mac}`, `${id}.1e0.${mac}`, `${id}..${mac}`],
    ...[`${id}.${generation}.${flip(mac)}`, `${id}.${generation}.${last}`, `${good}A`, `${good}=`],
    ...[`${id}.${generation}.`, `${id}.${generation}`, id, mac, `${good}.${mac}`, `.${good}`],
    ...[good.toLowerCase(), good.toUpperCase(), `"${good}"`, good.replace(".", "%2e"), `s:${good}`],
    // Another spelling of the same bytes: the last character carries four bits only.
    ...[..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
      .filter((char) => !mac.endsWith(char))
      .map((char) => `${id}.${generation}.${last}${char}`),
  ];
}
