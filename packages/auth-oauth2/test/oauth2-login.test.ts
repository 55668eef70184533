// Logging in with any OAuth 2.0 provider: every option of it, over HTTP.
import { afterEach, expect, test } from "vitest";
import { type OAuth2LoginOptions, oauth2Login } from "../src/index.ts";
import { Browser } from "./browser.ts";
import { rpAndVendor } from "./rp-and-vendor.ts";
import { VENDOR_CLIENT } from "./vendor-server.ts";

const { rp, vendor } = await rpAndVendor();
let count = 0;

afterEach(() => {
  expect(rp.faults.splice(0)).toEqual([]);
});

function optionsFor(name: string): OAuth2LoginOptions {
  return {
    ...VENDOR_CLIENT,
    name,
    authorize: { url: `${vendor.origin}/authorize` },
    token: { url: `${vendor.origin}/token` },
    userInfo: { url: `${vendor.origin}/user` },
    onError: (error) => rp.faults.push(error),
  };
}

async function login(more: Partial<OAuth2LoginOptions> = {}) {
  const path = `/login/${++count}`;
  rp.mount(path, oauth2Login({ ...optionsFor(path), ...more }));
  const browser = new Browser();
  const page = await browser.login(rp.origin + path, {});
  return { page, url: rp.origin + path, ...(await browser.me(rp.origin)) };
}

test("a login: the user as the provider tells it, the id as text", async () => {
  const { page, user, data } = await login();
  expect(page.status).toBe(303);
  expect(user).toEqual({ id: "7" });
  expect(data).toEqual({});
  const [token, info] = vendor.requests;
  expect(Object.fromEntries(token?.form ?? [])).toEqual({
    grant_type: "authorization_code",
    code: expect.any(String),
    redirect_uri: expect.stringContaining("/login/"),
    code_verifier: expect.stringMatching(/^[\w-]{43}$/),
  });
  expect(token?.headers["user-agent"]).toBe("latchkey");
  expect(info?.path).toBe("/user");
});

test("Gramex's options: headers, bodies, scopes, parameters, ids and keys", async () => {
  vendor.answers.set("/who", ({ form, headers, query }) => ({
    people: [{ login: "ann", said: { ...Object.fromEntries(form), ...Object.fromEntries(query) } }],
    agent: headers["x-agent"],
  }));
  vendor.tokens = { expires_in: 3599, scope: "a b" };
  const before = Date.now();
  const { user, data } = await login({
    clientAuth: "post",
    authorize: {
      url: `${vendor.origin}/authorize?tenant=1`,
      scope: ["a", "b"],
      params: { access_type: "offline" },
    },
    token: {
      url: `${vendor.origin}/token`,
      headers: { "X-Agent": "mine" },
      body: { resource: "https://graph.example", grant_type: "password" },
    },
    userInfo: {
      url: `${vendor.origin}/who?token={access_token}`,
      method: "POST",
      headers: { "X-Agent": "bearer {access_token}" },
      body: { token2: "{access_token}" },
      at: "people.0",
    },
    id: "login",
    sessionKey: "access_token",
  });
  const token = vendor.accessToken;
  expect(user).toEqual({ id: "ann", login: "ann", said: { token, token2: token } });
  const kept = JSON.parse(JSON.stringify(data["access_token"]));
  expect(kept).toMatchObject({ access_token: token, refresh_token: "refresh-0", scope: "a b" });
  expect(kept.expires_at).toBeGreaterThanOrEqual(before + 3_599_000);
  const [exchange, info] = vendor.requests;
  expect(exchange?.headers["x-agent"]).toBe("mine");
  expect(exchange?.form.get("resource")).toBe("https://graph.example");
  expect(exchange?.form.getAll("grant_type")).toEqual(["authorization_code"]);
  expect(exchange?.headers.authorization).toBeUndefined();
  expect(info?.headers["x-agent"]).toBe(`bearer ${token}`);
});

test("without user information the token's answer is the user, without its tokens", async () => {
  vendor.tokens = { user_id: 17, permissions: "basic" };
  const path = `/login/${++count}`;
  const { userInfo: _, ...options } = optionsFor(path);
  rp.mount(path, oauth2Login({ ...options, id: "user_id" }));
  const browser = new Browser();
  await browser.login(rp.origin + path, {});
  const { user } = await browser.me(rp.origin);
  expect(user).toMatchObject({ id: "17", permissions: "basic" });
  expect(JSON.stringify(user)).not.toMatch(/access-|refresh-/);
});

test("a public client has no secret and proves itself by PKCE alone", async () => {
  const path = `/login/${++count}`;
  const { clientSecret: _, ...options } = optionsFor(path);
  rp.mount(path, oauth2Login(options));
  const page = await new Browser().login(rp.origin + path, {});
  // This provider insists on a secret.
  expect(page.status).toBe(400);
  expect(vendor.requests[0]?.form.get("client_id")).toBe("app");
  expect(vendor.requests[0]?.form.has("client_secret")).toBe(false);
  expect(rp.faults.splice(0)).toMatchObject([{ providerError: "invalid_grant" }]);
});

test("an answer that is compressed, and one whose size after that is huge", async () => {
  vendor.gzip = true;
  expect((await login()).user).toEqual({ id: "7" });
  vendor.answers.set("/user", () => ({ id: 7, more: "x".repeat(10_000_000) }));
  const { page, user } = await login();
  expect([page.status, user]).toEqual([503, null]);
  expect(rp.faults.splice(0)).toMatchObject([{ code: "ERR_PROVIDER_ANSWER" }]);
});

test("a user without the id, or that is nobody's, is not logged in", async () => {
  for (const answer of [{}, { id: null }, { id: "" }, { id: {} }, { id: 2 ** 53 }, []]) {
    vendor.answers.set("/user", () => answer);
    expect((await login()).page.status).toBe(503);
  }
  expect(rp.faults.splice(0)).toHaveLength(6);
  vendor.answers.set("/user", () => JSON.parse('{"id":1,"__proto__":{"admin":true}}'));
  const { user } = await login();
  expect(Object.keys(user ?? {})).toEqual(["id"]);
});

test("a name that an object has from birth is no attribute", async () => {
  const { page } = await login({ id: "constructor" });
  expect(page.status).toBe(503);
  rp.faults.length = 0;
});

test("a function can rewrite the user, or refuse", async () => {
  const { user } = await login({
    user: (they) => ({ ...they, org: "x" }),
    id: ({ org }) => `${org}!`,
  });
  expect(user).toEqual({ id: "x!", org: "x" });
  expect((await login({ user: async () => null })).page.status).toBe(403);
});

test("an issuer that is expected must be in the answer", async () => {
  const { page } = await login({ issuer: "https://vendor.example" });
  expect(page.status).toBe(400);
  expect(vendor.requests).toEqual([]);
  expect(rp.faults.splice(0)).toMatchObject([{ code: "ERR_PROVIDER_ANSWER" }]);
});

test.each<[string, NonNullable<OAuth2LoginOptions["onError"]>]>([
  [
    "throws",
    () => {
      throw new Error("my log is full");
    },
  ],
  ["rejects", () => Promise.reject(new Error("my log is full"))],
])("an onError that %s changes nothing for the visitor", async (_, onError) => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", note);
  const { page } = await login({ onError, token: { url: "http://localhost:1/token" } });
  expect(page.status).toBe(503);
  const other = await login({ onError, issuer: "https://vendor.example" });
  expect(other.page.status).toBe(400);
  const path = `/login/${++count}`;
  rp.mount(path, oauth2Login({ ...optionsFor(path), onError }));
  const browser = new Browser();
  const to = new URL(Browser.next(await browser.send(rp.origin + path)) ?? "");
  const query = new URLSearchParams({ state: to.searchParams.get("state") ?? "", error: "odd" });
  expect((await browser.send(`${rp.origin}${path}?${query}`)).status).toBe(503);
  await new Promise((done) => setImmediate(done));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

test("a provider that is not there", async () => {
  const { page, user } = await login({ token: { url: "http://localhost:1/token" } });
  expect([page.status, user]).toEqual([503, null]);
  expect(rp.faults.splice(0)).toMatchObject([{ code: "ERR_PROVIDER_UNAVAILABLE" }]);
});

test.each<[string, Partial<OAuth2LoginOptions>, RegExp]>([
  ["clientId", { clientId: "" }, /clientId/],
  ["clientSecret", { clientSecret: "" }, /clientSecret/],
  ["clientAuth", JSON.parse('{"clientAuth":"jwt"}'), /clientAuth/],
  ["redirectUri", { redirectUri: "/cb" }, /redirectUri/],
  ["sessionKey", { sessionKey: "" }, /sessionKey/],
  ["authorize.url", { authorize: { url: "http://vendor.example" } }, /authorize\.url/],
  ["authorize.params", { authorize: { url: "https://a.b", params: { state: "x" } } }, /state/],
  ["token.url", { token: { url: "http://10.0.0.1/token" } }, /token\.url/],
  ["token.url with a password", { token: { url: "https://a:b@c.example" } }, /token\.url/],
  ["userInfo.url", { userInfo: { url: "ftp://a.example" } }, /userInfo\.url/],
  ["id", { id: "" }, /id/],
  ["apiOrigins", { apiOrigins: ["http://a.example"] }, /apiOrigins/],
])("a wrong %s is a TypeError that names it", (_, options, message) => {
  expect(() => oauth2Login({ ...optionsFor("wrong"), ...options })).toThrow(message);
});
