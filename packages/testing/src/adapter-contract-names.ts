// Names and parameters that a visitor makes up: more fields, special keys, doubled queries.

import { at, expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { expectNoTrace } from "./adapter-contract-public.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import { csrfHeader, logIn, loginJson, putData, readSession } from "./adapter-contract-steps.ts";

export const nameRules: readonly AdapterRule[] = [
  {
    name: "a login can't give itself rights by more fields",
    async check(subject) {
      const more = {
        ...{ role: "admin", id: subject.admin.user, "user.role": "admin", "user[role]": "admin" },
        ...{ admin: "true", emailVerified: "true", mfa: "true", scopes: "*", __proto__x: "1" },
      };
      const browser = subject.browser();
      expectStatus(await loginJson(browser, subject.member, more), 200, "a login with more fields");
      const me = await browser.getJson("/api/me");
      expectEqual(at(me.json(), "user", "id"), subject.member.user, "the user's id");
      expectEqual(at(me.json(), "user", "role"), subject.member.role, "the user's role");
      expectEqual(at(me.json(), "user", "password"), undefined, "the user's password");
      expectStatus(await browser.get("/admin"), 403, "/admin");
    },
  },
  {
    name: "keys that objects are born with are ordinary keys of the session's data",
    async check(subject) {
      const browser = subject.browser();
      await logIn(browser, subject.member);
      const token = await csrfHeader(browser);
      const value = { role: "admin", polluted: true };
      const keys = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "user"];
      for (const key of [...keys, "", "a/b", "ä\u0000ö", "1", "role", "id"]) {
        const path = `/api/session/data/${encodeURIComponent(key)}`;
        const answer = await browser.sendJson("PUT", path, value, token);
        expectTrue(answer.status < 500, `PUT of the key ${JSON.stringify(key)}: ${answer.status}`);
        expectNoTrace(answer.text, `PUT of the key ${JSON.stringify(key)}`);
        if (answer.status !== 200) continue;
        const session = await browser.getJson("/api/session");
        expectEqual(at(session.json(), "data", key), value, `the key ${JSON.stringify(key)}`);
      }
      expectStatus(await browser.get("/admin"), 403, "/admin with all those keys");
      const other = subject.browser();
      expectEqual((await readSession(other)).data, {}, "the data of another browser");
      expectStatus(await other.getJson("/api/me"), 401, "/api/me of another browser");
    },
  },
  {
    name: "parameters that are doubled, nested or malformed break nothing",
    async check(subject) {
      const browser = subject.browser();
      const token = await csrfHeader(browser);
      await putData(browser, "a", 1, token);
      const queries = [
        "next=/a&next=/b",
        "next[]=/a",
        "next[a]=b",
        "next",
        "next=%",
        "next=%ff",
        "&=&",
      ];
      for (const query of [
        ...queries,
        "next=%00",
        "__proto__[x]=1",
        "?".repeat(50),
        "%",
        "a=".repeat(2_000),
      ]) {
        for (const path of ["/login", "/logout", "/", "/members", "/api/me", "/stream"]) {
          const answer = await browser.get(`${path}?${query}`);
          expectTrue(answer.status < 500, `${path}?${query.slice(0, 30)}: ${answer.status}`);
        }
      }
      for (const delay of ["x", "-1", "NaN", "1e1", "0x10", "&delay=5", "[]=1", "%00"]) {
        const path = `/api/session/data/a?delay=${delay}`;
        const answer = await browser.sendJson("PUT", path, 2, token);
        expectTrue(answer.status < 500, `${path}: ${answer.status}`);
      }
      expectStatus(await browser.get("/healthz"), 200, "the app after all that");
    },
  },
];
