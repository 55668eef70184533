// Tokens that are kept: refreshed once for everybody, and never sent elsewhere.
import { memoryStore } from "@latchkey/store-memory";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type OAuth2LoginOptions, oauth2Login, type ProviderLogin } from "../src/index.ts";
import { createTokenKeeper } from "../src/token-keeper.ts";
import { requestTokens } from "../src/token-request.ts";
import { Browser } from "./browser.ts";
import { ann, startRealProvider } from "./real-provider.ts";
import { isAuthorized, startVendor, VENDOR_CLIENT, type Vendor } from "./vendor-server.ts";

let vendor: Vendor;
beforeAll(async () => {
  vendor = await startVendor();
});
afterAll(() => vendor.stop());
beforeEach(() => {
  vendor.requests.length = 0;
  vendor.refreshToken = "refresh-0";
  vendor.thinkMs = 0;
  vendor.tokens = {};
  vendor.answers.set("/api", (request) => (isAuthorized(vendor, request) ? { ok: true } : 401));
});

const store = memoryStore();

function loginWith(more: Partial<OAuth2LoginOptions> = {}): ProviderLogin {
  return oauth2Login({
    ...VENDOR_CLIENT,
    authorize: { url: `${vendor.origin}/authorize` },
    token: { url: `${vendor.origin}/token` },
    userInfo: { url: `${vendor.origin}/user` },
    store,
    ...more,
  });
}

async function keepTokens(login = loginWith(), expiresAt: number | null = null): Promise<string> {
  const set = { access_token: "old", refresh_token: vendor.refreshToken, expires_at: expiresAt };
  const { oauth2 } = await login.tokens.keep("ann", { ...set, id_token: "kept" });
  return String(oauth2);
}

test("refreshing rotates both tokens and keeps the rest", async () => {
  const login = loginWith();
  const id = await keepTokens(login);
  const fresh = await login.tokens.refreshAccessToken(id);
  expect(fresh).toMatchObject({
    access_token: vendor.accessToken,
    refresh_token: vendor.refreshToken,
    id_token: "kept",
  });
  expect(await login.tokens.get(id)).toEqual(fresh);
});

test("a provider that doesn't rotate: the refresh token stays", async () => {
  vendor.tokens = { refresh_token: undefined };
  const login = loginWith();
  const id = await keepTokens(login);
  expect(await login.tokens.refreshAccessToken(id)).toHaveProperty("refresh_token", "refresh-0");
});

test("50 requests at once in one process: the provider sees one refresh", async () => {
  vendor.thinkMs = 50;
  const login = loginWith();
  const id = await keepTokens(login);
  const all = await Promise.all(
    Array.from({ length: 50 }, () => login.tokens.refreshAccessToken(id, "old")),
  );
  expect(new Set(all.map(({ access_token }) => access_token))).toEqual(
    new Set([vendor.accessToken]),
  );
  expect(vendor.refreshes()).toBe(1);
});

test("50 processes at once: the provider sees one refresh", async () => {
  vendor.thinkMs = 150;
  const id = await keepTokens();
  // Each with a flight of its own; only the store is shared.
  const logins = Array.from({ length: 50 }, () => loginWith());
  const all = await Promise.all(logins.map(({ tokens }) => tokens.refreshAccessToken(id, "old")));
  expect(new Set(all.map(({ access_token }) => access_token))).toEqual(
    new Set([vendor.accessToken]),
  );
  expect(vendor.refreshes()).toBe(1);
  // Those who come late with the old token get the new one.
  await loginWith().tokens.refreshAccessToken(id, "old");
  expect(vendor.refreshes()).toBe(1);
});

test("a process that dies in the middle holds nobody up for ever", async () => {
  let time = Date.now();
  const login = loginWith({ now: () => time });
  const id = await keepTokens(login);
  const record = await store.get(`oauth2:oauth2:tokens:${id}`);
  if (record === null) throw new Error("no record");
  const data = JSON.stringify({ ...JSON.parse(record.data), leaseUntil: time + 15_000 });
  await store.replace({ ...record, data, version: record.version + 1 });
  const waiting = login.tokens.refreshAccessToken(id);
  await new Promise((done) => setTimeout(done, 120));
  expect(vendor.refreshes()).toBe(0);
  time += 16_000;
  expect(await waiting).toHaveProperty("access_token", vendor.accessToken);
});

test("a refresh token that is refused is forgotten; a provider that is away is not its end", async () => {
  const login = loginWith();
  const id = await keepTokens(login);
  vendor.refreshToken = "another";
  await expect(login.tokens.refreshAccessToken(id)).rejects.toMatchObject({
    code: "ERR_PROVIDER_REFUSED",
    providerError: "invalid_grant",
  });
  expect(await login.tokens.get(id)).toBeNull();
  await expect(login.tokens.refreshAccessToken(id)).rejects.toHaveProperty("code", "ERR_NO_TOKENS");
  const away = loginWith({ token: { url: "http://localhost:1/token" } });
  const kept = await keepTokens(away);
  await expect(away.tokens.refreshAccessToken(kept)).rejects.toHaveProperty(
    "code",
    "ERR_PROVIDER_UNAVAILABLE",
  );
  expect(await login.tokens.refreshAccessToken(kept)).toHaveProperty(
    "access_token",
    vendor.accessToken,
  );
});

test("tokens that are forgotten during a refresh stay forgotten", async () => {
  vendor.thinkMs = 100;
  const login = loginWith();
  const id = await keepTokens(login);
  const refreshing = login.tokens.refreshAccessToken(id);
  await expect.poll(() => vendor.refreshes()).toBe(1);
  expect(await login.tokens.forget(id)).toBe(true);
  await expect(refreshing).rejects.toHaveProperty("code", "ERR_NO_TOKENS");
  expect(await login.tokens.get(id)).toBeNull();
  await keepTokens(login);
  await keepTokens(login);
  expect(await login.tokens.forgetUser("ann")).toBeGreaterThanOrEqual(2);
});

test("a refresh that lost its lease doesn't take another process's tokens with it", async () => {
  let time = Date.now();
  const now = (): number => time;
  const other = loginWith({ now });
  const id = await keepTokens(other);
  const slow = createTokenKeeper(
    { store, now },
    {
      name: "oauth2",
      apiOrigin: null,
      async request(grant) {
        time += 16_000;
        await other.tokens.refreshAccessToken(id);
        const url = new URL(`${vendor.origin}/token`);
        return requestTokens({ ...VENDOR_CLIENT, url, auth: "basic" }, grant);
      },
    },
  );
  await expect(slow.refreshAccessToken(id)).rejects.toHaveProperty(
    "providerError",
    "invalid_grant",
  );
  expect(vendor.refreshes()).toBe(2);
  expect(await other.tokens.get(id)).toHaveProperty("access_token", vendor.accessToken);
});

test("fetch: once more after a 401, with a new token", async () => {
  const login = loginWith();
  const id = await keepTokens(login);
  const url = `${vendor.origin}/api`;
  const init = { method: "POST", body: "a=b", headers: { authorization: "Basic x", "x-y": "z" } };
  const answer = await login.tokens.fetch(id, url, init);
  expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
  expect(vendor.requests.map(({ path }) => path)).toEqual(["/api", "/token", "/api"]);
  expect(vendor.requests[2]?.form.get("a")).toBe("b");
  expect(vendor.requests[2]?.headers["x-y"]).toBe("z");
  await login.tokens.fetch(id, url);
  expect(vendor.refreshes()).toBe(1);
  vendor.answers.set("/api", () => 401);
  expect((await login.tokens.fetch(id, url)).status).toBe(401);
  expect(vendor.refreshes()).toBe(2);
});

test("fetch: a token that is about to end is refreshed before it is sent", async () => {
  const login = loginWith();
  const id = await keepTokens(login, Date.now() + 1_000);
  expect((await login.tokens.fetch(id, `${vendor.origin}/api`)).status).toBe(200);
  expect(vendor.requests.map(({ path }) => path)).toEqual(["/token", "/api"]);
});

test("fetch: the token goes to no other origin, and follows no redirect", async () => {
  const elsewhere = await startVendor();
  const login = loginWith();
  const id = await keepTokens(login);
  for (const url of [
    `${elsewhere.origin}/api`,
    "http://vendor.example/",
    "https://evil.example/",
  ]) {
    await expect(login.tokens.fetch(id, url)).rejects.toHaveProperty("code", "ERR_ADDRESS_BLOCKED");
  }
  expect(elsewhere.requests).toEqual([]);
  const both = loginWith({ apiOrigins: [elsewhere.origin] });
  await both.tokens.fetch(id, `${elsewhere.origin}/api`);
  expect(elsewhere.requests[0]?.headers.authorization).toBe("Bearer old");
  await expect(both.tokens.fetch(id, `${vendor.origin}/api`)).rejects.toThrow(/apiOrigins/);
  vendor.answers.set("/moved", () => 302);
  const moved = new URL(`${vendor.origin}/moved`);
  moved.searchParams.set("to", `${elsewhere.origin}/stolen`);
  expect((await login.tokens.fetch(id, moved)).status).toBe(302);
  expect(elsewhere.requests.map(({ path }) => path)).toEqual(["/api"]);
  await elsewhere.stop();
});

test("without a store, tokens are in the session's data and refreshed by hand", async () => {
  const { store: _, ...options } = { store, ...VENDOR_CLIENT };
  const login = oauth2Login({
    ...options,
    authorize: { url: `${vendor.origin}/authorize` },
    token: { url: `${vendor.origin}/token` },
    sessionKey: "vendor",
  });
  const set = { access_token: "old", refresh_token: "refresh-0", expires_at: null };
  expect(await login.tokens.keep("ann", set)).toEqual({ vendor: set });
  const fresh = await login.tokens.exchangeRefreshToken("refresh-0");
  expect(fresh.access_token).toBe(vendor.accessToken);
  await expect(login.tokens.get("x")).rejects.toThrow(/set `store`/);
});

test("a real provider: a refresh token that rotates, used by 20 at once", async () => {
  const real = await startRealProvider();
  const { rp, op, mount } = real;
  const { login, url } = mount({
    store: rp.store,
    scope: ["email", "offline_access"],
    prompt: "consent",
  });
  const browser = new Browser();
  await browser.login(url, ann);
  const id = String((await browser.me(rp.origin)).data["oauth2"]);
  const before = await login.tokens.get(id);
  const all = await Promise.all(
    Array.from({ length: 20 }, () => login.tokens.refreshAccessToken(id, before?.access_token)),
  );
  expect(new Set(all.map(({ access_token }) => access_token)).size).toBe(1);
  expect(op.grants.filter((grant) => grant === "refresh_token")).toHaveLength(1);
  const after = await login.tokens.get(id);
  expect(after?.refresh_token).not.toBe(before?.refresh_token);
  expect(after?.id_token).toBe(before?.id_token);
  const me = await login.tokens.fetch(id, `${op.issuer}/me`);
  expect(await me.json()).toMatchObject({ sub: "ann", email: "ann@example.com" });
  await real.stop();
});
