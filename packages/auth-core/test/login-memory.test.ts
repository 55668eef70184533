// What a login remembers between two requests: for one browser, for a while, taken exactly once.

import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, test } from "vitest";
import { createLoginFlow, type LoginFlow } from "../src/login-flow.ts";
import type { LoginMethod, LoginRequest, Remembered } from "../src/login-method.ts";
import { view } from "./password-method.ts";
import {
  type Answer,
  type Browser,
  type Data,
  HOUR,
  json,
  ORIGIN,
  type RequestInit,
  SECOND,
  type TestApp,
  testApp,
  type User,
} from "./test-app.ts";

type Lifetime = NonNullable<Remembered["lifetime"]>;

/** Sends people to a provider, which sends them back with `state`. */
function providerMethod(name = "provider", lifetime?: Lifetime): LoginMethod<User> {
  let count = 0;
  return {
    name,
    account: () => null,
    async step({ url, fields, recall }: LoginRequest) {
      const state = url.searchParams.get("state") ?? fields["state"];
      if (state === undefined || state === null) {
        const key = `state-${++count}`;
        const remember = { key, value: { verifier: `v-${key}` }, ...(lifetime && { lifetime }) };
        return { kind: "redirect", to: `https://idp.example/?state=${key}`, remember };
      }
      const remembered = await recall(state);
      if (remembered === null) return { kind: "rejected", reason: "invalid-credentials", view };
      return { kind: "accepted", user: { id: String(remembered["verifier"]) } };
    },
  };
}

interface Provider extends TestApp {
  flow: LoginFlow<User, Data>;
  /** @returns The state that the browser is sent off with. */
  begin(browser: Browser, init?: RequestInit): Promise<string>;
  end(browser: Browser, state: string, init?: RequestInit): Promise<Answer>;
}

function provider(method = providerMethod()): Provider {
  const app = testApp();
  const flow = createLoginFlow<User, Data>(app.context, method, {
    lifetime: { default: "1h", values: { long: "30d" } },
  });
  return {
    ...app,
    flow,
    async begin(browser, init) {
      const answer = await browser.send(flow, init);
      return new URL(answer.header("location") ?? "", ORIGIN).searchParams.get("state") ?? "";
    },
    end: (browser, state, init) => browser.send(flow, { url: `/login?state=${state}`, ...init }),
  };
}

describe("is taken exactly once", () => {
  test("by its browser", async () => {
    const { browser, begin, end } = provider();
    const mine = browser();
    const state = await begin(mine);
    expect((await end(mine, state)).status).toBe(303);
    expect(await mine.user()).toBe("v-state-1");
    expect((await end(mine, state)).status).toBe(401);
  });

  test("in a race of 50", async () => {
    const { browser, begin, end, store } = provider();
    const mine = browser();
    const state = await begin(mine);
    const answers = await Promise.all(Array.from({ length: 50 }, () => end(mine, state)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect((await store.scan("session:", null, 100)).records).toHaveLength(1);
    expect((await store.scan("login:", null, 100)).records).toEqual([]);
  });
});

describe("is one browser's", () => {
  test("another one gets nothing and takes nothing away", async () => {
    const { browser, begin, end } = provider();
    const [mine, theirs, nobody] = [browser(), browser(), browser()];
    const state = await begin(mine);
    await begin(theirs);
    const races = Array.from({ length: 50 }, (_, n) => end(n % 2 ? theirs : nobody, state));
    for (const answer of await Promise.all(races)) expect(answer.status).toBe(401);
    expect((await end(mine, state)).status).toBe(303);
  });

  test.each([
    ["empty", () => ""],
    ["not one that was given", () => "A".repeat(32)],
    ["longer", (nonce: string) => `${nonce}A`],
    ["of another spelling", (nonce: string) => nonce.toLowerCase()],
    ["sent twice", (nonce: string) => `${nonce}; __Host-latchkey-login=${nonce}`],
  ])("a cookie that is %s proves nothing", async (_name, change) => {
    const { browser, begin, end } = provider();
    const mine = browser();
    const state = await begin(mine);
    for (const [name, value] of mine.jar) mine.jar.set(name, change(value.toUpperCase()));
    expect((await end(mine, state)).status).toBe(401);
  });

  test("the store alone is not enough: no nonce is in it", async () => {
    const { browser, begin, store } = provider();
    const mine = browser();
    await begin(mine);
    const { records } = await store.scan("", null, 100);
    const text = JSON.stringify(records);
    for (const value of mine.jar.values()) expect(text).not.toContain(value);
    expect(text).not.toContain('"state-1"');
  });
});

describe("several tabs", () => {
  test("one after the other don't disturb each other", async () => {
    const { browser, begin, end } = provider();
    const mine = browser();
    const states = [await begin(mine), await begin(mine), await begin(mine)];
    for (const state of states.reverse()) expect((await end(mine, state)).status).toBe(303);
  });

  test("that a browser opens all at once, at its start, neither", async () => {
    const { browser, begin, end } = provider();
    const mine = browser();
    const states = await Promise.all([begin(mine), begin(mine), begin(mine)]);
    for (const state of states) expect((await end(mine, state)).status).toBe(303);
    expect([...mine.jar.keys()].filter((name) => name.includes("login-"))).toEqual([]);
  });

  test("and a hundred more make no more cookies", async () => {
    const { browser, begin } = provider();
    const mine = browser();
    for (let n = 0; n < 100; n++) await begin(mine);
    expect(mine.jar.size).toBe(2);
  });
});

describe("is short-lived", () => {
  test.each<[string, Lifetime | undefined, number]>([
    ["ten minutes unless said otherwise", undefined, 600],
    ["as the method says", "30s", 30],
  ])("%s", async (_name, lifetime, seconds) => {
    const { browser, begin, end, advance } = provider(providerMethod("provider", lifetime));
    const mine = browser();
    const states = [await begin(mine), await begin(mine)];
    advance(seconds * SECOND - 1);
    expect((await end(mine, states[0] ?? "")).status).toBe(303);
    advance(1);
    expect((await end(mine, states[1] ?? "")).status).toBe(401);
  });
});

test("a provider may answer with a cross-site POST: the cookie travels with it", async () => {
  const { browser, flow } = provider();
  const lines: string[] = [];
  await browser().send(async (request) => {
    const { exchange } = request;
    const appendHeader = (_name: string, value: string) => void lines.push(value);
    return flow({ ...request, exchange: { ...exchange, appendHeader } });
  });
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).toMatch(/^__Host-latchkey-login/);
    expect(line).toMatch(/; HttpOnly; Secure; SameSite=None$/);
  }
});

test("over http, where browsers refuse SameSite=None, the cookie is Lax", async () => {
  const { browser, begin, end } = provider();
  const mine = browser({ protocol: "http" });
  const state = await begin(mine);
  expect([...mine.jar.keys()][0]).toBe("latchkey-login");
  expect((await end(mine, state)).status).toBe(303);
});

test("what one method remembers is not another's", async () => {
  const { context, browser } = testApp();
  const one = createLoginFlow<User, Data>(context, providerMethod("one"));
  const two = createLoginFlow<User, Data>(context, providerMethod("two"));
  const mine = browser();
  await mine.send(one);
  expect((await mine.send(two, { url: "/login?state=state-1" })).status).toBe(401);
  expect((await mine.send(one, { url: "/login?state=state-1" })).status).toBe(303);
});

test("a key that is not random is a fault, not somebody else's login", async () => {
  const app = testApp();
  const begin = () => {
    const { context, browser } = testApp({ store: app.store }); // another process
    return browser().send(createLoginFlow<User, Data>(context, providerMethod()));
  };
  await begin();
  await expect(begin()).rejects.toThrow(/remember\.key must be random/);
});

describe("on the way by a provider, what the visitor wanted is not lost", () => {
  test("the page to go to", async () => {
    const { browser, begin, end } = provider();
    const mine = browser();
    const referer = `${ORIGIN}/reports?year=1`;
    const states = [
      await begin(mine, { url: "/login?next=%2Fa" }),
      await begin(mine, { headers: { referer } }),
      await begin(mine, { url: "/login?next=//evil.com" }),
    ];
    const back = { headers: { referer: "https://idp.example/" } };
    const answers = [];
    for (const state of states) answers.push(await end(mine, state, back));
    expect(answers.map((answer) => answer.header("location"))).toEqual([
      "/a",
      "/reports?year=1",
      "/",
    ]);
  });

  test("the lifetime that was chosen", async () => {
    const { browser, flow, end, context } = provider();
    for (const [remember, hours] of [
      ["long", 30 * 24],
      ["", 1],
    ] as const) {
      const mine = browser();
      const headers = { ...json, origin: ORIGIN, "sec-fetch-site": "same-origin" };
      const sent = await mine.send(flow, { method: "POST", headers, body: { remember } });
      const to = String(sent.json()["redirect"]);
      const answer = await end(mine, new URL(to).searchParams.get("state") ?? "");
      expect(answer.session.expiresAt - context.now()).toBe(hours * HOUR);
    }
  });
});

describe("a form that has to be remembered", () => {
  /** Its form only works once, and only if the step before it was remembered. */
  function nonceMethod(): LoginMethod<User> {
    let count = 0;
    return {
      name: "nonce",
      account: () => null,
      async step({ method, fields, recall }) {
        const key = `key-${++count}`;
        const shown = { ...view, fields: [{ ...view.fields[0]!, name: "key", value: key }] };
        if (method === "GET") {
          return { kind: "show", view: shown, remember: { key, value: { user: "alice" } } };
        }
        const remembered = await recall(fields["key"] ?? "");
        if (remembered === null) return { kind: "rejected", reason: "bad-request", view: shown };
        return { kind: "accepted", user: { id: String(remembered["user"]) } };
      },
    };
  }

  test("works", async () => {
    const { context, browser } = testApp({ store: memoryStore() });
    const flow = createLoginFlow<User, Data>(context, nonceMethod());
    expect((await browser().submit(flow, { key: "key-1" })).status).toBe(303);
  });

  test("works when it is shown again after a form that had expired", async () => {
    const { context, browser } = testApp({ store: memoryStore() });
    const flow = createLoginFlow<User, Data>(context, nonceMethod());
    const mine = browser();
    const expired = await mine.submit(flow, { _csrf: "x" });
    expect(expired.status).toBe(403);
    const [, key = ""] = /name="key"[^>]*value="([^"]*)"/.exec(expired.body) ?? [];
    expect(key).toBe("key-2");
    expect((await mine.submit(flow, { key })).status).toBe(303);
  });
});
