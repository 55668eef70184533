// Logging in with a real OpenID provider, over HTTP.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OidcLoginOptions } from "../src/index.ts";
import { Browser } from "./browser.ts";
import { ann, bob, type RealProvider, startRealProvider } from "./real-provider.ts";

let real: RealProvider;
beforeAll(async () => {
  real = await startRealProvider();
});
afterAll(() => real.stop());

function mount(options: Partial<OidcLoginOptions> = {}): string {
  return real.mount(options).url;
}

test("a login yields the claims, and nothing else is kept", async () => {
  const url = mount();
  const browser = new Browser();
  const page = await browser.login(url, ann);
  expect(real.rp.faults).toEqual([]);
  expect(page.status).toBe(303);
  expect(Browser.next(page)).toBe(`${real.rp.origin}/`);
  const { user, data } = await browser.me(real.rp.origin);
  expect(user).toMatchObject({
    id: "ann",
    sub: "ann",
    iss: real.op.issuer,
    name: "Ann",
    email: "ann@example.com",
    email_verified: true,
  });
  expect(user).not.toHaveProperty("nonce");
  expect(data).toEqual({});
  expect(real.rp.faults).toEqual([]);
});

test("an e-mail address is verified only where the provider says true", async () => {
  const url = mount();
  const browser = new Browser();
  await browser.login(url, bob);
  const { user } = await browser.me(real.rp.origin);
  expect(user).toMatchObject({ id: "bob", email: "ann@example.com", email_verified: false });
});

test("what is sent to the provider", async () => {
  const url = mount({
    prompt: "select_account",
    maxAge: "1h",
    acr: ["high"],
    scope: ["email"],
    params: ({ url }) => ({
      login_hint: url.searchParams.get("hint") ?? "",
      state: "fixed",
      request_uri: "https://evil.example/",
    }),
  });
  const browser = new Browser();
  const to = new URL(Browser.next(await browser.send(`${url}?hint=ann`)) ?? "");
  const again = new URL(Browser.next(await browser.send(url)) ?? "");
  const { state, nonce, code_challenge, ...rest } = Object.fromEntries(to.searchParams);
  expect(rest).toEqual({
    response_type: "code",
    client_id: "web",
    redirect_uri: url,
    scope: "openid email",
    prompt: "select_account",
    max_age: "3600",
    acr_values: "high",
    login_hint: "ann",
    code_challenge_method: "S256",
  });
  for (const value of [state, nonce, code_challenge]) expect(value).toMatch(/^[\w-]{43}$/);
  for (const name of ["state", "nonce", "code_challenge"]) {
    expect(again.searchParams.get(name)).not.toBe(to.searchParams.get(name));
  }
});

test("an answer counts in the browser that asked, once, and at the login that asked", async () => {
  const [one, other] = [mount(), mount()];
  const [browser, stranger] = [new Browser(), new Browser()];
  const back = await browser.begin(one, ann);
  await stranger.begin(one, ann);
  expect((await stranger.send(back)).status).toBe(400);
  expect((await new Browser().send(back)).status).toBe(400);
  // A's state at B: the two logins know nothing of each other.
  expect((await browser.send(back.replace(one, other))).status).toBe(400);
  expect((await browser.send(back)).status).toBe(303);
  const replayed = await browser.send(back);
  expect(replayed.status).toBe(400);
  expect(replayed.body).toContain("Try again");
  expect((await stranger.me(real.rp.origin)).user).toBeNull();
});

test("50 callbacks at once with one state are one login", async () => {
  const url = mount();
  const browser = new Browser();
  const back = await browser.begin(url, ann);
  const before = real.op.grants.length;
  const pages = await Promise.all(Array.from({ length: 50 }, () => browser.send(back)));
  expect(pages.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(pages.filter(({ status }) => status === 400)).toHaveLength(49);
  expect(real.op.grants.length - before).toBe(1);
});

test.each([
  ["a code alone", "?code=a"],
  ["a state alone", "?state=a"],
  ["a state of nobody", "?code=a&state=b"],
  ["two states", "?code=a&state=b&state=c"],
  ["two codes", "?code=a&code=b&state=c"],
  ["both a code and an error", "?code=a&error=b&state=c"],
  ["a very long code", `?code=${"a".repeat(5_000)}&state=c`],
  ["an error alone", "?error=access_denied"],
  ["an error that nobody asked for", "?error=access_denied&state=b&error_description=<script>"],
])("%s is no answer", async (_, query) => {
  const page = await new Browser().send(mount() + query);
  expect(page.status).toBe(400);
  expect(page.body).not.toContain("<script>");
});

test("doubled parameters are no answer, and cost the right one nothing", async () => {
  const url = mount();
  const browser = new Browser();
  const back = await browser.begin(url, ann);
  for (const more of ["code=x", "state=x", "iss=x"]) {
    expect((await browser.send(`${back}&${more}`)).status).toBe(400);
  }
  expect((await browser.send(back)).status).toBe(303);
});

test("row 62: the cookie of a login is no session", async () => {
  const url = mount();
  const page = await new Browser().send(url);
  const [pair = ""] = (page.headers.getSetCookie()[0] ?? "").split(";");
  const loggedIn = await new Browser().login(url, ann);
  const session = loggedIn.headers.getSetCookie().find((line) => line.includes("sid="));
  const [name] = (session ?? "").split("=");
  const cookie = `${name}=${pair.slice(pair.indexOf("=") + 1)}`;
  const me = await new Browser().send(`${real.rp.origin}/me`, { headers: { cookie } });
  expect([name, JSON.parse(me.body).user]).toEqual(["sid", null]);
});

test("two tabs log in side by side", async () => {
  const url = mount();
  const browser = new Browser();
  const first = await browser.begin(url, ann);
  const second = await browser.begin(url, ann);
  expect((await browser.send(first)).status).toBe(303);
  expect((await browser.send(second)).status).toBe(303);
});

test("a login that is cancelled says so, in our own words", async () => {
  const url = mount();
  const page = await new Browser().login(url, { cancel: "yes" });
  expect(page.status).toBe(403);
  expect(page.body).toContain("The login was cancelled");
  expect(page.body).not.toContain("secret words");
});

test("prompt=none of someone who is not logged in there asks nothing", async () => {
  const url = mount({ prompt: "none" });
  const browser = new Browser();
  const page = await browser.login(url, {});
  expect(page.status).toBe(403);
  expect(page.body).toContain("log in at the provider first");
});

test("a wrong client secret is a fault for the operator, not for the visitor", async () => {
  const url = mount({ clientSecret: "wrong" });
  const page = await new Browser().login(url, ann);
  expect(page.status).toBe(503);
  expect(page.body).not.toContain("invalid_client");
  const faults = real.rp.faults.splice(0);
  expect(faults).toMatchObject([{ code: "ERR_PROVIDER_REFUSED", providerError: "invalid_client" }]);
  expect(String(faults[0])).not.toContain("wrong");
});

test("a program is told where to send a person", async () => {
  const url = mount();
  const page = await new Browser().send(url, { headers: { accept: "application/json" } });
  expect(JSON.parse(page.body).redirect).toMatch(real.op.issuer);
});

test("form_post: the answer comes by a form, and only so", async () => {
  const url = mount({ responseMode: "form_post" });
  const browser = new Browser();
  const form = await browser.followToForm(Browser.next(await browser.send(url)) ?? "", ann);
  const fields = form ?? {};
  expect(Object.keys(fields).sort()).toEqual(["code", "iss", "state"]);
  const stranger = await new Browser().send(url, { form: fields });
  expect(stranger.status).toBe(400);
  const wrongWay = await browser.send(`${url}?${new URLSearchParams(fields)}`);
  expect(wrongWay.status).toBe(400);
  const headers = { origin: real.op.issuer, "sec-fetch-site": "cross-site" };
  expect((await browser.send(url, { form: fields, headers })).status).toBe(303);
  expect((await browser.me(real.rp.origin)).user).toMatchObject({ id: "ann" });
});

test("another claim can name the user, and a function can refuse", async () => {
  const byEmail = mount({ id: "email" });
  const browser = new Browser();
  await browser.login(byEmail, ann);
  expect((await browser.me(real.rp.origin)).user).toMatchObject({
    id: "ann@example.com",
    sub: "ann",
  });
  const bySub = mount({ id: ({ iss, sub }) => `${iss}#${sub}` });
  await browser.login(bySub, ann);
  expect((await browser.me(real.rp.origin)).user?.["id"]).toBe(`${real.op.issuer}#ann`);
  const refusing = mount({ user: (claims) => (claims["email_verified"] === true ? claims : null) });
  expect((await new Browser().login(refusing, bob)).status).toBe(403);
  const missing = mount({ id: "employee" });
  expect((await new Browser().login(missing, ann)).status).toBe(503);
  expect(real.rp.faults.splice(0)).toMatchObject([{ code: "ERR_PROVIDER_ANSWER" }]);
});

test("a secret in the body, where the client is registered so", async () => {
  const url = mount({ clientId: "posting", clientAuth: "post" });
  const browser = new Browser();
  expect((await browser.login(url, ann)).status).toBe(303);
});

test("the next page and the session's change of id", async () => {
  const url = mount();
  const browser = new Browser();
  const page = await browser.login(`${url}`, ann);
  expect(page.headers.getSetCookie().join()).toContain("HttpOnly");
  const again = new Browser();
  const to = Browser.next(await again.send(`${url}?next=/members%3Fa=1`)) ?? "";
  expect(Browser.next(await again.send(await again.follow(to, ann, url)))).toBe(
    `${real.rp.origin}/members?a=1`,
  );
});
