// Files of a Next.js application, `app/…/route.ts`: sessions, login and guards in each.

import { appStarter, newSqliteStore } from "@latchkey/example-shared/start-app";
import { type Answer, Browser } from "@latchkey/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const start = appStarter(new URL("./next-host.ts", import.meta.url));
const ada = { user: "ada", password: "a-password-of-the-tests" };
const site = { "sec-fetch-site": "same-origin" };
let url = "";
const browsers: Browser[] = [];

beforeAll(async () => {
  const app = await start({
    PORT: "0",
    STORE: newSqliteStore()(),
    USERS: "sqlite:./users.db",
    SESSION_KEYS: "a-secret-of-the-tests-0123456789abcdef",
    SEED_USERS: `ada:${ada.password}:admin`,
    TRUST_PROXY: "1",
  });
  url = app.url;
});
afterAll(() => {
  for (const browser of browsers) browser.close();
});

function newBrowser(headers: Record<string, string> = {}): Browser {
  const browser = new Browser(url, { headers });
  browsers.push(browser);
  return browser;
}

async function loggedIn(headers: Record<string, string> = {}): Promise<Browser> {
  const browser = newBrowser(headers);
  expect(await browser.sendJson("POST", "/login", ada)).toMatchObject({ status: 200 });
  return browser;
}

function putNote(browser: Browser, path: string, body: string, headers = site): Promise<Answer> {
  return browser.send("PUT", `/notes/${path}`, { headers, body });
}

describe("a guarded route", () => {
  it("sends a browser to the login page, which is a form, and back", async () => {
    const browser = newBrowser();
    const away = await browser.get("/members/bob");
    expect(away).toMatchObject({ status: 303, setCookies: [] });
    expect(away.header("location")).toBe("/login?next=%2Fmembers%2Fbob");
    const page = await browser.get("/login?next=%2Fmembers%2Fbob");
    expect(page.header("content-type")).toContain("text/html");
    const csrf = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
    const fields = { ...ada, _csrf: csrf, next: "/members/bob" };
    const back = await browser.postForm("/login", fields);
    expect([back.status, back.header("location")]).toEqual([303, "/members/bob"]);
    const guarded = await browser.get("/members/bob");
    expect(guarded.json()).toEqual({ name: "bob", user: { id: "ada", role: "admin" } });
    expect(guarded.header("cache-control")).toBe("private, no-cache");
    expect(await browser.send("HEAD", "/members/bob")).toMatchObject({ status: 200, text: "" });
  });

  it("answers a program 401", async () => {
    expect((await newBrowser().getJson("/members/bob")).status).toBe(401);
  });
});

it("a wrong password logs nobody in", async () => {
  const browser = newBrowser();
  const wrong = await browser.sendJson("POST", "/login", { ...ada, password: "wrong" });
  expect(wrong.status).toBe(401);
  expect((await browser.getJson("/members/bob")).status).toBe(401);
});

it("the session's cookie has its attributes, and is Secure behind https", async () => {
  const login = await newBrowser().sendJson("POST", "/login", ada);
  const attributes = /^sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/;
  expect(login.setCookies).toEqual([expect.stringMatching(attributes)]);
  const proxied = newBrowser({ "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1" });
  const secure = await proxied.sendJson("POST", "/login", ada);
  const prefixed = /^__Host-sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/;
  expect(secure.setCookies).toEqual([expect.stringMatching(prefixed)]);
});

it("fifty parallel writes of different keys are all kept", async () => {
  const browser = await loggedIn();
  const paths = Array.from({ length: 50 }, (_, index) => `of/${index}`);
  const answers = await Promise.all(paths.map((path) => putNote(browser, path, path)));
  expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
  const kept = await Promise.all(paths.map((path) => browser.getJson(`/notes/${path}`)));
  expect(kept.map((answer) => answer.json())).toEqual(paths);
});

it("a change from another site is refused", async () => {
  const browser = await loggedIn();
  const refused = await putNote(browser, "a", "b", { "sec-fetch-site": "cross-site" });
  expect(refused.status).toBe(403);
  expect((await browser.getJson("/notes/a")).json()).toBeNull();
});

it("a logout is final", async () => {
  const browser = await loggedIn();
  const cookie = browser.jar.header();
  expect((await browser.getJson("/notes/a")).status).toBe(200);
  const out = await browser.postForm("/logout", {}, site);
  expect(out.status).toBe(303);
  expect(browser.jar.header()).toBe("");
  const again = await browser.send("GET", "/notes/a", {
    cookie,
    headers: { accept: "application/json" },
  });
  expect(again.status).toBe(401);
});
