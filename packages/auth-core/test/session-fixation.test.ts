// Row 1: whoever knew the cookie or the token before a login knows nothing after it.

import { describe, expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import { createLogoutFlow } from "../src/logout-flow.ts";
import { passwordMethod, right, wrong } from "./password-method.ts";
import { type Browser, type Data, form, type TestApp, testApp, type User } from "./test-app.ts";

const COOKIE = "__Host-sid";

/** Writes to the session, so that there is a cookie before the login. */
async function plant(browser: Browser): Promise<string> {
  await browser.send(async ({ session }) => {
    session.data["cart"] = ["apple"];
    return { status: 200, headers: [], body: "" };
  });
  return browser.jar.get(COOKIE) ?? "";
}

/** What a cookie opens. */
async function open(app: TestApp, cookie: string): Promise<[user: string | null, data: Data]> {
  const thief = app.browser();
  thief.jar.set(COOKIE, cookie);
  const { session } = await thief.send(async () => ({ status: 200, headers: [], body: "" }));
  return [session.user?.id ?? null, { ...session.data }];
}

describe("a login", () => {
  test("gives a new cookie; the planted one opens nothing", async () => {
    const app = testApp();
    const flow = createLoginFlow<User, Data>(app.context, passwordMethod());
    const browser = app.browser();
    const planted = await plant(browser);
    expect((await open(app, planted))[1]).toEqual({ cart: ["apple"] });
    const answer = await browser.submit(flow, right);
    const cookie = browser.jar.get(COOKIE) ?? "";
    expect(answer.setCookies).toEqual(["latchkey-known", "sid"]);
    expect(cookie).not.toBe(planted);
    expect(await open(app, planted)).toEqual([null, {}]);
    expect(await open(app, cookie)).toEqual(["alice", { cart: ["apple"] }]);
  });

  test("makes the token new: the old one is refused", async () => {
    const app = testApp();
    const flow = createLoginFlow<User, Data>(app.context, passwordMethod());
    const logout = createLogoutFlow<User, Data>(app.context);
    const browser = app.browser();
    await plant(browser);
    const before = (await browser.view(flow)).csrf.value;
    await browser.submit(flow, right);
    const init = { method: "POST", headers: form, body: { _csrf: before } };
    expect((await browser.send(logout, init)).status).toBe(403);
    const after = (await browser.view(logout, "/logout")).csrf.value;
    const body = { _csrf: after };
    expect((await browser.send(logout, { ...init, body })).status).toBe(303);
  });

  test("once more as the same user: again", async () => {
    const app = testApp();
    const flow = createLoginFlow<User, Data>(app.context, passwordMethod());
    const browser = app.browser();
    await browser.submit(flow, right);
    const first = browser.jar.get(COOKIE) ?? "";
    await browser.submit(flow, right);
    expect(browser.jar.get(COOKIE)).not.toBe(first);
    expect(await open(app, first)).toEqual([null, {}]);
  });

  test("as somebody else leaves nothing of the first one's data", async () => {
    const app = testApp();
    const flow = createLoginFlow<User, Data>(app.context, passwordMethod());
    const browser = app.browser();
    await browser.submit(flow, right);
    await plant(browser);
    const first = browser.jar.get(COOKIE) ?? "";
    await browser.submit(flow, { user: "bob", password: "right" });
    expect(await open(app, browser.jar.get(COOKIE) ?? "")).toEqual(["bob", {}]);
    expect(await open(app, first)).toEqual([null, {}]);
  });

  test("that fails changes neither the session nor its cookie", async () => {
    const app = testApp();
    const flow = createLoginFlow<User, Data>(app.context, passwordMethod(), { delay: "1ms" });
    const browser = app.browser();
    await browser.submit(flow, right);
    const cookie = browser.jar.get(COOKIE);
    const answer = await browser.submit(flow, wrong);
    expect([answer.status, answer.setCookies]).toEqual([401, []]);
    expect(browser.jar.get(COOKIE)).toBe(cookie);
    expect(await browser.user()).toBe("alice");
  });

  test("50 at once from one browser: all succeed, each cookie is alice's or dead", async () => {
    const app = testApp();
    const flow = createLoginFlow<User, Data>(app.context, passwordMethod());
    const browser = app.browser();
    const planted = await plant(browser);
    const { csrf } = await browser.view(flow);
    const body = { ...right, _csrf: csrf.value };
    const init = { method: "POST", headers: form, body };
    const answers = await Promise.all(Array.from({ length: 50 }, () => browser.send(flow, init)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(await browser.user()).toBe("alice");
    expect(await open(app, planted)).toEqual([null, {}]);
  });
});
