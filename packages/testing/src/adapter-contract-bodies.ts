// Bodies that no form sends.

import type { Answer, Browser } from "./adapter-contract-browser.ts";
import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { expectNoTrace } from "./adapter-contract-public.ts";
import { type AdapterRule, randomText } from "./adapter-contract-rule.ts";
import { csrfHeader, loginJson, readForm, whoIs } from "./adapter-contract-steps.ts";

export const bodyRules: readonly AdapterRule[] = [
  {
    name: "a login whose fields are not plain text is a bad request, and logs nobody in",
    async check(subject) {
      const { user, password } = subject.member;
      const odd = [{ $ne: null }, { $gt: "" }, [user], [], {}, null, true, 1, ""];
      for (const value of odd) {
        for (const body of [
          { user: value, password },
          { user, password: value },
        ]) {
          const browser = subject.browser();
          const answer = await browser.sendJson("POST", "/login", body);
          expectStatus(answer, 400, `a JSON login with ${JSON.stringify(value)}`);
          expectEqual(await whoIs(browser), null, "who is logged in");
        }
      }
      for (const body of [null, [], [user, password], "text", 1, true]) {
        const answer = await subject.browser().sendJson("POST", "/login", body);
        expectStatus(answer, 400, `a login with the body ${JSON.stringify(body)}`);
      }
    },
  },
  {
    name: "a form whose fields are doubled or nested is a bad request",
    async check(subject) {
      const { user, password } = subject.member;
      const texts = [
        `user[$ne]=&password[$ne]=`,
        `user[]=${user}&password[]=${password}`,
        `user=${user}&user=${user}&password=${password}`,
        `user=${user}&password=x&password=${password}`,
        `user=${user}&password=${password}&next=/a&next=/b`,
        `user=${user}&password=${password}&remember=a&remember=b`,
        `user=${user}`,
        `password=${password}`,
        "",
      ];
      for (const text of texts) {
        const browser = subject.browser();
        const { fields } = await readForm(browser, "/login");
        const token = new URLSearchParams({ _csrf: fields["_csrf"] ?? "" });
        const answer = await postText(browser, "/login", `${token}&${text}`);
        expectStatus(answer, 400, `a form with ${text.replaceAll(password, "…")}`);
        expectEqual(await whoIs(browser), null, "who is logged in");
      }
    },
  },
  {
    name: "bodies that are no JSON, or of another type, are the sender's fault and show no trace",
    async check(subject) {
      const browser = subject.browser();
      const token = await csrfHeader(browser);
      const bodies = [
        "{",
        "{'a':1}",
        "nul",
        '{"a":1}}',
        "\u0000",
        "[".repeat(20_000),
        '"\\ud800"',
        "",
      ];
      for (const body of bodies) {
        for (const path of ["/login", "/logout", "/api/session/data/a"]) {
          const method = path.startsWith("/api") ? "PUT" : "POST";
          const json = { "content-type": "application/json", accept: "application/json" };
          const answer = await browser.send(method, path, { headers: { ...json, ...token }, body });
          expectTrue(
            answer.status < 500,
            `${method} ${path} ${body.slice(0, 9)}: ${answer.status}`,
          );
          expectNoTrace(answer.text, `${method} ${path} with ${body.slice(0, 9)}`);
        }
      }
      const types = [
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=x",
      ];
      for (const type of [...types, "", "x", "application/x-www-form-urlencoded; charset=utf-7"]) {
        const headers = { "content-type": type };
        const answer = await browser.send("POST", "/login", { headers, body: "user=a&password=b" });
        expectStatus(answer, [400, 403, 415], `POST /login as ${type}`);
        expectNoTrace(answer.text, `POST /login as ${type}`);
      }
      for (const coding of ["gzip", "br", "deflate", "x"]) {
        const headers = { "content-type": "application/json", "content-encoding": coding };
        const answer = await browser.send("POST", "/login", { headers, body: "no such thing" });
        expectStatus(answer, [400, 403, 415], `POST /login coded as ${coding}`);
        expectNoTrace(answer.text, `POST /login coded as ${coding}`);
      }
    },
  },
  {
    name: "a password of 1 MB is refused at once",
    async check(subject) {
      const browser = subject.browser();
      const { user } = subject.member;
      await loginJson(browser, { user: randomText(6), password: "" });
      for (const length of [1_000_000, 60_000, 9_000, 1_025]) {
        const password = "x".repeat(length);
        await expectAtOnce(`a JSON login with a password of ${length} characters`, async (what) => {
          const answer = await loginJson(browser, { user, password });
          expectStatus(answer, 400, what);
          return answer;
        });
        await expectAtOnce(`a form with ${length} characters`, async (what) => {
          const { fields } = await readForm(browser, "/login");
          const answer = await browser.postForm("/login", { ...fields, user, password });
          // Not read at all, it can't have shown its token.
          expectStatus(answer, length > 50_000 ? [400, 403] : 400, what);
          return answer;
        });
      }
    },
  },
];

/** Tried three times, since a busy machine can only make it slower. */
async function expectAtOnce(what: string, send: (what: string) => Promise<Answer>): Promise<void> {
  const times: number[] = [];
  // 10 ms at the server; the rest is for the way there and back.
  while (times.length < 3 && times.every((ms) => ms >= 250)) times.push((await send(what)).ms);
  expectTrue(Math.min(...times) < 250, `${what}: it took ${times.map(Math.round).join(", ")} ms`);
}

function postText(browser: Browser, path: string, body: string): Promise<Answer> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return browser.send("POST", path, { headers, body });
}
