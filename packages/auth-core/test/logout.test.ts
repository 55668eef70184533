// L17: GET asks, POST ends the session; whoever isn't logged in leaves no trace.

import { describe, expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import { createLogoutFlow, type LogoutFlow, type LogoutOptions } from "../src/logout-flow.ts";
import type { LogoutInfo, LogoutProvider } from "../src/logout-provider.ts";
import { passwordMethod, right } from "./password-method.ts";
import {
  type Answer,
  type Browser,
  type Data,
  form,
  json,
  ORIGIN,
  type RequestInit,
  type TestApp,
  testApp,
  type User,
} from "./test-app.ts";

interface Setup extends TestApp {
  flow: LogoutFlow<User, Data>;
  /** Logged in as alice. */
  alice: Browser;
  get(browser: Browser, init?: RequestInit): Promise<Answer>;
  /** Reads the page that asks, and submits it. */
  logout(browser: Browser, init?: RequestInit): Promise<Answer>;
}

async function setUp(options?: LogoutOptions<User>): Promise<Setup> {
  const app = testApp();
  const login = createLoginFlow<User, Data>(app.context, passwordMethod());
  const flow = createLogoutFlow<User, Data>(app.context, options);
  const alice = app.browser();
  await alice.submit(login, right);
  return {
    ...app,
    flow,
    alice,
    get: (browser, init) => browser.send(flow, { url: "/logout", ...init }),
    logout: (browser, init) => browser.submit(flow, {}, { url: "/logout", ...init }),
  };
}

const accept = { accept: "application/json" };

describe("GET", () => {
  test("asks, names who is logged in, and changes nothing", async () => {
    const { alice, get } = await setUp();
    for (const method of ["GET", "HEAD"]) {
      const answer = await get(alice, { method });
      expect([answer.status, answer.setCookies]).toEqual([200, []]);
      expect(answer.body).toContain("<bdi>alice</bdi>");
      expect(answer.body).toContain('<form method="post" action="/logout">');
      expect(answer.header("cache-control")).toBe("no-store");
    }
    expect(await alice.user()).toBe("alice");
  });

  test("offers a way back, also when no page was named", async () => {
    const { alice, get } = await setUp();
    expect((await get(alice)).body).toContain('<a href="/">Stay logged in</a>');
    const { body } = await get(alice, { url: "/logout?next=/a" });
    expect(body).toContain('<a href="/a">Stay logged in</a>');
  });

  test("gives programs the same as data", async () => {
    const { alice, get } = await setUp();
    const answer = await get(alice, { headers: accept, url: "/logout?next=/bye" });
    expect(answer.json()).toEqual({
      userId: "alice",
      csrf: { name: "_csrf", value: expect.any(String) },
      next: { name: "next", value: "/bye" },
      action: "/logout?next=/bye",
    });
  });

  test("tells who isn't logged in that it is done", async () => {
    const { browser, get } = await setUp();
    const answer = await get(browser(), { url: "/logout?next=/a" });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("You are logged out");
    expect(answer.body).toContain('<a href="/a">Continue</a>');
    expect(answer.body).not.toContain("<form");
  });
});

describe("POST", () => {
  test("ends the session for good: the old cookie is worth nothing", async () => {
    const { alice, logout, store } = await setUp();
    const cookie = alice.jar.get("__Host-sid") ?? "";
    const answer = await logout(alice);
    expect([answer.status, answer.header("location")]).toEqual([303, "/logout"]);
    expect(alice.jar.has("__Host-sid")).toBe(false);
    alice.jar.set("__Host-sid", cookie);
    expect(await alice.user()).toBeNull();
    expect((await store.scan("session:", null, 100)).records).toEqual([]);
  });

  test("answers programs without a redirect", async () => {
    const { alice, logout, flow } = await setUp();
    const csrf = (await alice.view(flow, "/logout")).csrf.value;
    const headers = { ...json, "x-csrf-token": csrf };
    const answer = await alice.send(flow, { method: "POST", url: "/logout", headers, body: {} });
    expect([answer.status, answer.json()]).toEqual([200, { next: "/" }]);
    expect(await alice.user()).toBeNull();
    expect((await logout(alice, { headers: accept })).json()).toEqual({ next: "/" });
  });

  test("without a right token asks again, and tells programs", async () => {
    const { alice, flow } = await setUp();
    const body = { _csrf: "x" };
    const person = await alice.send(flow, { method: "POST", url: "/logout", headers: form, body });
    expect(person.status).toBe(403);
    expect(person.body).toContain('<form method="post" action="/logout">');
    const program = await alice.send(flow, { method: "POST", url: "/logout", headers: json, body });
    expect(program.status).toBe(403);
    expect(program.json()).toMatchObject({ code: "expired-form", status: 403 });
    expect(await alice.user()).toBe("alice");
  });

  test.each([null, [], ["a"], { _csrf: ["x"] }, { _csrf: { $ne: null } }, false, "text", 1])(
    "with the body %j changes nothing",
    async (body) => {
      const { alice, flow } = await setUp();
      const answer = await alice.send(flow, { method: "POST", headers: form, body });
      expect(answer.status).toBe(403);
      expect(await alice.user()).toBe("alice");
    },
  );

  test("fails when the store does, and nobody is told that it worked", async () => {
    const { alice, logout, store } = await setUp();
    const down = new Error("down");
    Object.assign(store, { delete: () => Promise.reject(down) });
    await expect(logout(alice)).rejects.toBe(down);
  });
});

describe("where it leads", () => {
  test.each<[string, LogoutOptions<User>["next"], string, string]>([
    ["to the page that says so", undefined, "/logout", "/logout"],
    ["to next", undefined, "/logout?next=/bye", "/bye"],
    ["to the login page, if that is next", undefined, "/logout?next=/login", "/login"],
    ["not to another site", undefined, "/logout?next=//evil.com", "/logout"],
    ["not to itself", undefined, "/logout?next=/logout/", "/logout"],
    ["to url, always", { url: "/bye" }, "/logout?next=/a", "/bye"],
    ["to url, unless next says otherwise", { query: "next", url: "/bye" }, "/logout?next=/a", "/a"],
    ["by another name", { query: "later" }, "/logout?later=/a&next=/b", "/a"],
    ["to the Referer, if asked to", { header: "Referer" }, "/logout", "/from"],
    [
      "to a listed origin",
      { allow: ["https://b.example"] },
      "/logout?next=https://b.example/",
      "https://b.example/",
    ],
  ])("%s", async (_name, next, url, location) => {
    const { alice, flow } = await setUp(next === undefined ? {} : { next });
    const page = await alice.view(flow, url, { referer: `${ORIGIN}/from` });
    const answer = await alice.send(flow, {
      method: "POST",
      url: page.action,
      headers: { ...form, origin: ORIGIN, referer: ORIGIN + url },
      body: { [page.csrf.name]: page.csrf.value, [page.next.name]: page.next.value },
    });
    expect([answer.status, answer.header("location")]).toEqual([303, location]);
  });

  test("without asking for it, the Referer is nothing", async () => {
    const { alice, logout } = await setUp();
    const headers = { referer: `${ORIGIN}/private` };
    expect((await logout(alice, { headers })).header("location")).toBe("/logout");
  });
});

describe("actions", () => {
  test("run in order, after the logout, and still see the user", async () => {
    const seen: unknown[] = [];
    const { alice, logout } = await setUp({
      onLogout: [
        async ({ user }) => {
          await new Promise((resolve) => setTimeout(resolve, 10));
          seen.push(user.id);
        },
        ({ user, exchange }) => seen.push(`${user.id} from ${exchange.ip}`),
      ],
    });
    await logout(alice);
    expect(seen).toEqual(["alice", "alice from 192.0.2.1"]);
  });

  test("that throw are reported; the logout stands, and later ones run", async () => {
    const seen: string[] = [];
    const onLogout: LogoutOptions<User>["onLogout"] = [
      () => Promise.reject(new Error("secret")),
      () => seen.push("second"),
    ];
    const { alice, logout, errors } = await setUp({ onLogout });
    const answer = await logout(alice);
    expect(answer.status).toBe(303);
    expect(await alice.user()).toBeNull();
    expect([seen, errors.map(String)]).toEqual([["second"], ["Error: secret"]]);
    expect(answer.body).not.toContain("secret");
  });

  test("don't run for who isn't logged in, nor when the token is wrong", async () => {
    const seen: string[] = [];
    const { alice, browser, errors, logout, flow } = await setUp({
      onLogout: [({ user }) => seen.push(user.id)],
    });
    await browser().send(flow, { method: "POST", headers: form, body: {} });
    await alice.send(flow, { method: "POST", headers: form, body: { _csrf: "x" } });
    expect([seen, errors]).toEqual([[], []]);
    await logout(alice);
    expect(seen).toEqual(["alice"]);
  });
});

describe("at the provider too", () => {
  function provider(more: Partial<LogoutProvider<User>> = {}) {
    const seen: [string, LogoutInfo<User>, string | null][] = [];
    let asker: Browser | null = null;
    const logoutProvider: LogoutProvider<User> = {
      async logoutUrl(info) {
        seen.push(["url", info, (await asker?.user()) ?? null]);
        const url = new URL("https://idp.example/end");
        if (info.next !== "") url.searchParams.set("state", info.next);
        return url;
      },
      async loggedOut(info) {
        seen.push(["over", info, (await asker?.user()) ?? null]);
      },
      ...more,
    };
    const by = (browser: Browser): void => {
      asker = browser;
      seen.length = 0;
    };
    return { provider: logoutProvider, seen, by };
  }

  test("the browser is sent there, which learns what the session was once it is over", async () => {
    const { seen, by, ...options } = provider();
    const { alice, logout, get, context } = await setUp(options);
    const put: LogoutFlow<User, Data> = async ({ session }) => {
      Object.assign(session.data, { oauth2: "t-1" });
      return { status: 204, headers: [], body: "" };
    };
    await alice.send(put);
    expect(context.logoutUrl).toBe("/logout");
    const asked = await get(alice, { url: "/logout?next=/bye" });
    expect(asked.header("content-security-policy")).toContain(
      "form-action 'self' https://idp.example;",
    );
    by(alice);
    const answer = await logout(alice, { url: "/logout?next=/bye" });
    expect(answer.header("location")).toBe("https://idp.example/end?state=%2Fbye");
    const info = { user: { id: "alice" }, data: { oauth2: "t-1" }, next: "/bye" };
    expect(seen).toMatchObject([
      ["url", { ...info, url: `${ORIGIN}/logout` }, null],
      ["over", info, null],
    ]);
    expect(await alice.user()).toBeNull();
  });

  test("and comes back to the page that was asked for, on this site only", async () => {
    const { browser, get } = await setUp(provider());
    const back = async (query: string): Promise<unknown[]> => {
      const { status, header } = await get(browser(), { url: `/logout?${query}` });
      return [status, header("location")];
    };
    expect(await back("state=%2Fbye%3Fa%3Db")).toEqual([303, "/bye?a=b"]);
    for (const query of ["", "state=", "state=//evil.example", "state=https://evil.example/"]) {
      expect(await back(query)).toEqual([200, undefined]);
    }
    const plain = await setUp();
    expect((await plain.get(plain.browser(), { url: "/logout?state=/bye" })).status).toBe(200);
  });

  test("a program is told where to go on", async () => {
    const { alice, logout } = await setUp(provider());
    expect((await logout(alice, { headers: accept })).json()).toEqual({
      next: "https://idp.example/end",
    });
  });

  test.each<[string, LogoutProvider<User>["logoutUrl"], number]>([
    ["is away", () => Promise.reject(new Error("away")), 1],
    ["has nothing to do with the session", async () => null, 0],
  ])("a provider that %s holds no logout up", async (_, logoutUrl, faults) => {
    const { alice, flow, errors } = await setUp(provider({ logoutUrl }));
    const { csrf } = await alice.view(flow, "/logout");
    const body = { [csrf.name]: csrf.value };
    const answer = await alice.send(flow, { method: "POST", url: "/logout", headers: form, body });
    expect([answer.status, answer.header("location")]).toEqual([303, "/logout"]);
    expect([await alice.user(), errors.length]).toEqual([null, faults]);
  });

  test("a provider that never answers holds no logout up, nor the page that asks", async () => {
    const asked: (string | null)[] = [];
    const logoutUrl = async (): Promise<never> => {
      asked.push(await alice.user());
      return new Promise(() => {});
    };
    const { alice, logout, get, errors } = await setUp(provider({ logoutUrl }));
    expect((await get(alice)).status).toBe(200);
    expect((await logout(alice)).header("location")).toBe("/logout");
    expect(asked).toEqual(["alice", null]);
    expect(errors.map(String)).toEqual(Array(2).fill(expect.stringContaining("takes too long")));
  });

  test("of several, the one that the session came from; all are told of its end", async () => {
    const [away, other, own] = [
      provider({ logoutUrl: () => Promise.reject(new Error("away")) }),
      provider({ logoutUrl: async () => null }),
      provider(),
    ];
    const all = [away, other, own];
    const { alice, logout, errors } = await setUp({ provider: all.map((one) => one.provider) });
    expect((await logout(alice)).header("location")).toBe("https://idp.example/end");
    expect(errors.map(String)).toEqual(["Error: away"]);
    for (const { seen } of all) expect(seen.at(-1)?.[0]).toBe("over");
  });

  test("what it can't do afterwards is reported; the logout stands", async () => {
    const loggedOut = (): Promise<never> => Promise.reject(new Error("the store is away"));
    const { alice, logout, errors } = await setUp(provider({ loggedOut }));
    expect((await logout(alice)).status).toBe(303);
    expect([await alice.user(), errors.map(String)]).toEqual([null, ["Error: the store is away"]]);
  });

  test("it is not asked for who isn't logged in, nor when the token is wrong", async () => {
    const { seen, by, ...options } = provider();
    const { alice, browser, flow } = await setUp(options);
    by(alice);
    const post = { method: "POST", headers: form, url: "/logout" };
    const { header } = await browser().send(flow, { ...post, body: {} });
    expect([header("location"), seen]).toEqual(["/logout", []]);
    await alice.send(flow, { ...post, body: { _csrf: "x" } });
    expect(seen.filter(([what]) => what === "over")).toEqual([]);
    expect(await alice.user()).toBe("alice");
  });

  test("it can't go with userKey", async () => {
    await expect(setUp({ ...provider(), userKey: "partner" })).rejects.toThrow(/provider/);
  });
});

describe("row 12: logging out without a session", () => {
  const forged = `${"A".repeat(24)}.1.${"B".repeat(43)}`;

  test.each<[string, RequestInit]>([
    ["GET", {}],
    ["HEAD", { method: "HEAD" }],
    ["GET of a program", { headers: accept }],
    ["POST", { method: "POST", headers: form, body: {} }],
    ["POST of a program", { method: "POST", headers: json, body: {} }],
    [
      "POST of another site",
      { method: "POST", headers: { ...form, "sec-fetch-site": "cross-site" } },
    ],
  ])("%s: no write, no cookie", async (_name, init) => {
    for (const cookie of [undefined, forged, "garbage", ""]) {
      const { browser, get, store } = await setUp();
      const writes: string[] = [];
      for (const name of ["create", "replace", "touch", "delete"] as const) {
        const real = store[name];
        Object.assign(store, {
          [name]: (...args: unknown[]) => {
            writes.push(name);
            return Reflect.apply(real, store, args);
          },
        });
      }
      const visitor = browser();
      if (cookie !== undefined) visitor.jar.set("__Host-sid", cookie);
      const answer = await get(visitor, init);
      expect(answer.status).toBeLessThan(400);
      expect([answer.setCookies, writes]).toEqual([[], []]);
    }
  });
});

test("an anonymous session ends like any other", async () => {
  const { browser, logout, get, store } = await setUp();
  const visitor = browser();
  await visitor.send(async ({ session }) => {
    session.data["cart"] = 1;
    return { status: 200, headers: [], body: "" };
  });
  expect((await store.scan("session:", null, 100)).records).toHaveLength(2);
  const refused = await get(visitor, { method: "POST", headers: form, body: {} });
  expect(refused.status).toBe(403);
  await logout(visitor);
  expect((await store.scan("session:", null, 100)).records).toHaveLength(1);
});

test("a page of one's own asks", async () => {
  const { alice, get } = await setUp({ template: ({ userId }) => `own ${userId}` });
  const answer = await get(alice);
  expect(answer.body).toBe("own alice");
  expect(answer.header("content-security-policy")).toBeUndefined();
});

test("other methods: 405, and nobody is logged out", async () => {
  const { alice, get } = await setUp();
  for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
    const answer = await get(alice, { method, headers: { "sec-fetch-site": "same-origin" } });
    expect([answer.status, answer.header("allow")]).toEqual([405, "GET, HEAD, POST"]);
  }
  expect(await alice.user()).toBe("alice");
});
