// Another site can't log somebody in anew, nor link an account to theirs, by a link to a provider's
// login: a page asks first.

import { describe, expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginMethod, LoginStep } from "../src/login-method.ts";
import type { LoginOptions } from "../src/login-options.ts";
import { passwordMethod, right } from "./password-method.ts";
import {
  type Answer,
  type Browser,
  type Data,
  form,
  ORIGIN,
  type RequestInit,
  testApp,
  type User,
} from "./test-app.ts";

/** Sends the browser away with a state, and believes what it brings back with it. */
const provider: LoginMethod<User> = {
  name: "provider",
  account: () => null,
  isCallback: ({ method, fields }) => method === "POST" && "state" in fields,
  async step({ url, fields, recall }): Promise<LoginStep<User>> {
    const state = fields["state"] ?? url.searchParams.get("state");
    if (state !== null) {
      if ((await recall(state)) === null) {
        return { kind: "rejected", reason: "expired", view: null };
      }
      return { kind: "accepted", user: { id: "mallory" } };
    }
    const key = crypto.randomUUID();
    const to = `https://idp.example/authorize?state=${key}`;
    return { kind: "redirect", to, remember: { key, value: {} } };
  },
};

const elsewhere = {
  "sec-fetch-site": "cross-site",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  accept: "text/html",
};

async function setUp(options: LoginOptions<User, Data> = {}) {
  const app = testApp();
  const login = createLoginFlow<User, Data>(app.context, passwordMethod());
  const flow = createLoginFlow<User, Data>(app.context, provider, options);
  const alice = app.browser();
  await alice.submit(login, right);
  const get = (browser: Browser, headers: Record<string, string>, url = "/login/p") =>
    browser.send(flow, { url, headers });
  const press = (page: Answer, init: RequestInit = {}) => {
    const inputs = page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
    const body = Object.fromEntries([...inputs].map(([, name = "", value = ""]) => [name, value]));
    const [, url = ""] = /action="([^"]+)"/.exec(page.body) ?? [];
    const headers = { ...form, origin: ORIGIN, "sec-fetch-site": "same-origin" };
    return alice.send(flow, { method: "POST", url, headers, body, ...init });
  };
  return { ...app, flow, alice, get, press };
}

function stateOf(answer: Answer): string {
  return new URL(answer.header("location") ?? "").searchParams.get("state") ?? "";
}

describe("another site's link, while somebody is logged in", () => {
  test("shows a page with one button, says who that is, and begins nothing", async () => {
    const { alice, get, store } = await setUp();
    const page = await get(alice, elsewhere);
    expect([page.status, page.header("location"), page.setCookies]).toEqual([200, undefined, []]);
    expect(page.body).toContain("You are logged in as \u2068alice\u2069.");
    expect(page.body.match(/<button/g)).toHaveLength(1);
    expect(page.body).toContain("<button>Go on to log in</button>");
    expect(page.header("content-security-policy")).toMatch(
      /form-action 'self' https:\/\/idp\.example https:;/,
    );
    expect((await store.scan("login:provider:", null, 10)).records).toEqual([]);
    expect(await alice.user()).toBe("alice");
  });

  test("goes on by the button, to where the link wanted to go", async () => {
    const { alice, get, press } = await setUp();
    const away = await press(await get(alice, elsewhere, "/login/p?hint=a&next=/b"));
    expect([away.status, new URL(away.header("location") ?? "").host]).toEqual([
      303,
      "idp.example",
    ]);
    const back = await get(alice, elsewhere, `/login/p?state=${stateOf(away)}`);
    expect([back.status, back.header("location")]).toEqual([303, "/b"]);
    expect(await alice.user()).toBe("mallory");
  });

  test("is known by its Referer where the browser says nothing else", async () => {
    const { alice, get } = await setUp();
    for (const [referer, status] of [
      ["https://evil.example/", 200],
      ["not an address", 200],
      [`${ORIGIN}/page`, 303],
    ] as const) {
      expect((await get(alice, { referer })).status).toBe(status);
    }
  });

  test("gives a program the same as data", async () => {
    const { alice, flow, press } = await setUp();
    const headers = { ...elsewhere, accept: "application/json" };
    const told = (await alice.send(flow, { url: "/login/p?a=b", headers })).json();
    expect(told).toMatchObject({
      view: { title: "Log in again?", fields: [], submit: "Go on to log in", logsIn: false },
      csrf: { name: "_csrf", value: expect.any(String) },
      action: "/login/p?a=b",
      lifetime: null,
    });
    const page = await alice.send(flow, { url: "/login/p", headers: elsewhere });
    const post = { ...form, origin: ORIGIN, accept: "application/json" };
    expect((await press(page, { headers: post })).json()).toEqual({
      redirect: expect.stringMatching(/^https:\/\/idp\.example\//),
    });
  });

  test("shows the page again where the token is over, and none to a form of that site", async () => {
    const { alice, get, press, flow } = await setUp();
    const page = await get(alice, elsewhere);
    const body = { _csrf: "over", next: "/b" };
    const again = await press(page, { body });
    expect(again.status).toBe(403);
    expect(again.body).toContain("<button>Go on to log in</button>");
    expect((await press(again)).header("location")).toMatch(/^https:\/\/idp\.example\//);
    const headers = { ...form, ...elsewhere, origin: "https://evil.example" };
    const forged = await alice.send(flow, { method: "POST", url: "/login/p", headers, body: {} });
    expect([forged.status, forged.header("location")]).toEqual([403, undefined]);
  });
});

describe("nobody is asked", () => {
  test.each<[string, Record<string, string>]>([
    ["by a link on this site", { "sec-fetch-site": "same-origin" }],
    ["by a link on a site beside it", { "sec-fetch-site": "same-site" }],
    ["by an address that was typed", { "sec-fetch-site": "none" }],
    ["by an old browser that says nothing", {}],
  ])("%s", async (_, headers) => {
    const { alice, get } = await setUp();
    expect((await get(alice, headers)).header("location")).toMatch(/^https:\/\/idp\.example\//);
  });

  test("who isn't logged in: the provider may begin a login", async () => {
    const { browser, get } = await setUp();
    const url = "/login/p?iss=https%3A%2F%2Fidp.example&login_hint=ann";
    const mine = browser();
    const away = await get(mine, elsewhere, url);
    const back = await get(mine, elsewhere, `/login/p?state=${stateOf(away)}`);
    expect([back.status, await mine.user()]).toEqual([303, "mallory"]);
  });

  test("who comes back with an answer, by a link or by a form of the provider's", async () => {
    const { alice, get, flow } = await setUp();
    for (const by of ["GET", "POST"]) {
      const state = stateOf(await get(alice, { "sec-fetch-site": "same-origin" }));
      const url = by === "GET" ? `/login/p?state=${state}` : "/login/p";
      const headers = { ...elsewhere, ...(by === "GET" ? {} : form) };
      const body = by === "GET" ? null : { state };
      expect((await alice.send(flow, { method: by, url, headers, body })).status).toBe(303);
      expect(await alice.user()).toBe("mallory");
    }
  });
});

describe("a link to an account", () => {
  test.each(["same-origin", "same-site", "cross-site", "none"])(
    "is asked for always: %s",
    async (site) => {
      const { alice, get, press } = await setUp({ userKey: "other" });
      const page = await get(alice, { ...elsewhere, "sec-fetch-site": site });
      expect([page.status, page.setCookies]).toEqual([200, []]);
      expect(page.body).toContain("Link another account?");
      const away = await press(page);
      expect(away.status).toBe(303);
      const back = await get(alice, elsewhere, `/login/p?state=${stateOf(away)}`);
      expect([back.status, back.session.data]).toEqual([303, { other: { id: "mallory" } }]);
      expect(await alice.user()).toBe("alice");
    },
  );

  test("begins at once by a form of this site's own, and by no other", async () => {
    const { alice, flow } = await setUp({ userKey: "other" });
    const post = { method: "POST", url: "/login/p", headers: { ...form, origin: ORIGIN } };
    const { csrf } = await alice.view(flow, "/login/p");
    const begun = await alice.send(flow, { ...post, body: { _csrf: csrf.value } });
    expect(begun.status).toBe(303);
    expect((await alice.send(flow, { ...post, body: {} })).status).toBe(403);
  });
});
