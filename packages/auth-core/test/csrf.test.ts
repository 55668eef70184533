// F13, rows 26 and 29: another site can neither log anybody in nor out.

import { describe, expect, test } from "vitest";
import { sentCsrfToken } from "../src/csrf-field.ts";
import { createLoginFlow, type LoginFlow } from "../src/login-flow.ts";
import { createLogoutFlow, type LogoutFlow } from "../src/logout-flow.ts";
import { passwordMethod, right } from "./password-method.ts";
import {
  type Browser,
  type Data,
  form,
  json,
  ORIGIN,
  testApp,
  testExchange,
  type User,
} from "./test-app.ts";

const evil = "https://evil.example";

/** What browsers say of where a request comes from, as far as one can say it at all. */
const origins: [site: string | undefined, origin: string | undefined, who: Who][] = [
  ["same-origin", ORIGIN, "same"],
  ["same-origin", undefined, "same"],
  ["same-site", "https://other.app.example", "other"],
  ["same-site", undefined, "other"],
  ["cross-site", evil, "other"],
  ["cross-site", "null", "other"],
  ["cross-site", undefined, "other"],
  ["none", undefined, "unknown"],
  ["none", ORIGIN, "unknown"],
  [undefined, ORIGIN, "unknown"],
  [undefined, undefined, "unknown"],
  [undefined, evil, "other"],
  [undefined, `${ORIGIN}.evil.example`, "other"],
  [undefined, `${ORIGIN}:8443`, "other"],
];
type Who = "same" | "other" | "unknown";

const tokens = ["right", "wrong", "cut", "another session's", "from before the login", "absent"];

/** A right token, unless another site asks; or none, if the browser vouches for the request. */
function passes(who: Who, token: string): boolean {
  if (who === "other") return false;
  return token === "absent" ? who === "same" : token === "right";
}

const matrix = origins.flatMap(([site, origin, who]) =>
  tokens.map((token) => ({ site, origin, token, passes: passes(who, token) })),
);

interface Visit {
  login: LoginFlow<User, Data>;
  logout: LogoutFlow<User, Data>;
  browser: Browser;
  tokenNamed(name: string): string | undefined;
}

/** A browser that is logged in, and every kind of token. */
async function visit(): Promise<Visit> {
  const app = testApp();
  const login = createLoginFlow<User, Data>(app.context, passwordMethod());
  const logout = createLogoutFlow<User, Data>(app.context);
  const [browser, other] = [app.browser(), app.browser()];
  const before = (await browser.view(login)).csrf.value;
  await browser.submit(login, right);
  await other.submit(login, { user: "bob", password: "right" });
  const own = (await browser.view(login)).csrf.value;
  const theirs = (await other.view(login)).csrf.value;
  const values = new Map([
    ["right", own],
    ["wrong", `${own.slice(0, -1)}${own.endsWith("A") ? "B" : "A"}`],
    ["cut", own.slice(0, -1)],
    ["another session's", theirs],
    ["from before the login", before],
  ]);
  return { login, logout, browser, tokenNamed: (name) => values.get(name) };
}

describe.each(matrix)(
  "Sec-Fetch-Site $site, Origin $origin, token $token: passes $passes",
  ({ site, origin, token, passes }) => {
    const says = { ...(site && { "sec-fetch-site": site }), ...(origin && { origin }) };

    test.each([
      ["as a form", form],
      ["as JSON", json],
    ])("logging in, %s", async (_name, type) => {
      const { browser, login, tokenNamed } = await visit();
      const sent = tokenNamed(token);
      const body = { user: "bob", password: "right", ...(sent && { _csrf: sent }) };
      const headers = { ...type, ...says };
      const answer = await browser.send(login, { method: "POST", headers, body });
      // No browser sends JSON without a word on where it comes from.
      const isProgram = type === json && !sent && !site && !origin;
      expect(answer.status).toBe(!passes && !isProgram ? 403 : type === json ? 200 : 303);
      expect(await browser.user()).toBe(passes || isProgram ? "bob" : "alice");
    });

    test.each([
      ["the token as a field", form, "field"],
      ["the token as a header", form, "header"],
      ["as JSON", json, "header"],
    ])("logging out, %s", async (_name, type, place) => {
      const { browser, logout, tokenNamed } = await visit();
      const sent = tokenNamed(token);
      const jar = new Map(browser.jar);
      const header = place === "header" && sent ? { "x-csrf-token": sent } : {};
      const body = place === "field" && sent ? { _csrf: sent } : {};
      const headers = { ...type, ...says, ...header };
      const answer = await browser.send(logout, { method: "POST", url: "/logout", headers, body });
      expect(answer.status).toBe(!passes ? 403 : type === json ? 200 : 303);
      expect(await browser.user()).toBe(passes ? null : "alice");
      if (!passes) expect(browser.jar).toEqual(jar);
    });
  },
);

describe("a visitor without a session", () => {
  test("needs the token of the page that this browser was given", async () => {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, passwordMethod());
    const [mine, other] = [browser(), browser()];
    const token = (await mine.view(flow)).csrf.value;
    await other.view(flow);
    const post = (who: Browser, body: Record<string, string>) =>
      who.send(flow, { method: "POST", headers: form, body: { ...right, ...body } });
    expect((await post(mine, {})).status).toBe(403);
    expect((await post(mine, { _csrf: "" })).status).toBe(403);
    expect((await post(other, { _csrf: token })).status).toBe(403);
    expect((await post(mine, { _csrf: token })).status).toBe(303);
  });

  test("is shown the form again, with a token that works and what was typed", async () => {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, passwordMethod());
    const mine = browser();
    const answer = await mine.submit(flow, { ...right, _csrf: "old" });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('value="alice"');
    const [, token = ""] = /name="_csrf" value="([^"]+)"/.exec(answer.body) ?? [];
    const body = { ...right, _csrf: token };
    expect((await mine.send(flow, { method: "POST", headers: form, body })).status).toBe(303);
  });

  test("a refused login is no try: it is not counted, and the method is not asked", async () => {
    const { context, browser, store } = testApp();
    const method = passwordMethod();
    const flow = createLoginFlow<User, Data>(context, method);
    for (let n = 0; n < 20; n++) {
      const body = { user: "alice", password: "wrong" };
      await browser().send(flow, { method: "POST", headers: { ...form, origin: evil }, body });
    }
    expect(method.tries).toEqual([]);
    expect((await store.scan("", null, 100)).records).toEqual([]);
  });
});

describe("another site's form changes no cookie, as the browser may hold one it could not send", () => {
  test.each([
    ["in a browser that says so", { "sec-fetch-site": "cross-site", origin: evil }],
    ["in an old browser", { origin: evil }],
    ["out of a sandbox", { origin: "null" }],
  ])("%s", async (_name, says) => {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, passwordMethod());
    const mine = browser();
    const { csrf } = await mine.view(flow);
    const cookies = new Map(mine.jar);
    // Lax cookies don't travel with it.
    mine.jar.clear();
    const headers = { ...form, ...says, accept: "text/html" };
    const answer = await mine.send(flow, { method: "POST", headers, body: right });
    expect([answer.status, answer.setCookies]).toEqual([403, []]);
    expect(answer.body).not.toContain("<form");
    // The form that is open in another tab still works.
    for (const [name, value] of cookies) mine.jar.set(name, value);
    const body = { ...right, [csrf.name]: csrf.value };
    const own = { ...form, origin: ORIGIN };
    expect((await mine.send(flow, { method: "POST", headers: own, body })).status).toBe(303);
  });

  test("a form that is sent from here is shown again, with a cookie if there is none", async () => {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, passwordMethod());
    const headers = { ...form, origin: ORIGIN, "sec-fetch-site": "same-origin" };
    const init = { method: "POST", headers, body: { ...right, _csrf: "old" } };
    const answer = await browser().send(flow, init);
    expect([answer.status, answer.setCookies]).toEqual([403, ["sid-visitor"]]);
    expect(answer.body).toContain("<form");
  });
});

describe("a program", () => {
  async function post(headers: Record<string, string>, body: unknown = right): Promise<number> {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, passwordMethod());
    return (await browser().send(flow, { method: "POST", headers, body })).status;
  }

  test("logs in with JSON and no browser header, without a token", async () => {
    expect(await post(json)).toBe(200);
    expect(await post({ "content-type": "application/json; charset=utf-8" })).toBe(200);
  });

  test.each<[string, Record<string, string>]>([
    ["a form", form],
    ["a multipart form", { "content-type": "multipart/form-data; boundary=x" }],
    ["text that looks like JSON", { "content-type": "text/plain" }],
    ["two types", { "content-type": "text/plain; application/json" }],
    ["no type at all", {}],
    ["another site's page", { ...json, origin: evil }],
    ["a sandboxed page", { ...json, origin: "null" }],
    ["a page of this site in an old browser", { ...json, origin: ORIGIN }],
    ["an address typed in", { ...json, "sec-fetch-site": "none" }],
    ["another site's script", { ...json, "sec-fetch-site": "cross-site" }],
    ["a wrong token", { ...json, "x-csrf-token": "x" }],
  ])("%s is none", async (_name, headers) => {
    expect(await post(headers)).toBe(403);
  });

  test("a page's own script needs no token: the browser says where it comes from", async () => {
    expect(await post({ ...json, origin: ORIGIN, "sec-fetch-site": "same-origin" })).toBe(200);
  });
});

test("row 29: no GET of any site logs anybody out", async () => {
  const { browser, logout } = await visit();
  const csrf = (await browser.view(logout, "/logout")).csrf.value;
  for (const site of ["cross-site", "same-site", "same-origin", "none"]) {
    for (const method of ["GET", "HEAD"]) {
      const url = `/logout?_csrf=${csrf}&confirm=yes`;
      const headers = { "sec-fetch-site": site, "x-csrf-token": csrf, ...form };
      const answer = await browser.send(logout, { method, url, headers, body: { _csrf: csrf } });
      expect([answer.status, answer.setCookies]).toEqual([200, []]);
    }
  }
  expect(await browser.user()).toBe("alice");
});

describe("where a token is looked for", () => {
  const exchange = testExchange({ headers: { "x-csrf-token": "header" } });

  test.each([
    ["the field goes first", { _csrf: "field" }, "field"],
    ["an empty field is one", { _csrf: "" }, ""],
    ["else the header", {}, "header"],
    ["a field that is no text is none", { _csrf: ["field"] }, "header"],
  ])("%s", (_name, fields, expected) => {
    expect(sentCsrfToken(exchange, fields)).toBe(expected);
  });

  test("nowhere", () => {
    expect(sentCsrfToken(testExchange(), {})).toBeUndefined();
  });
});
