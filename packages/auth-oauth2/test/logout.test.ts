// Logging out at the provider too, and being told by it, with a real provider.
import type { Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OAuth2Error, oidcLogin } from "../src/index.ts";
import { verifyLogoutToken } from "../src/logout-token.ts";
import { createProviderKeys } from "../src/provider-keys.ts";
import { Browser, hiddenFields } from "./browser.ts";
import { type HostileProvider, startHostile } from "./hostile-provider.ts";
import { ann, type RealProvider, startRealProvider } from "./real-provider.ts";

let real: RealProvider;
let forger: HostileProvider;
beforeAll(async () => {
  [real, forger] = [await startRealProvider(), await startHostile()];
});
afterAll(async () => {
  await real.stop();
  await forger.stop();
});

/** Confirms the provider's own question whether to log out. */
async function logOutThere(browser: Browser, url: URL): Promise<string | null> {
  const page = await browser.send(url.href);
  const [, action = ""] = /action="([^"]+)"/.exec(page.body) ?? [];
  const form = { ...hiddenFields(page.body), logout: "yes" };
  return Browser.next(await browser.send(action, { form }));
}

test("a logout goes on at the provider, and comes back with the state", async () => {
  const { rp, mount } = real;
  const { login, url } = mount({ sessionKey: "tokens" });
  const browser = new Browser();
  await browser.login(url, ann);
  const { data } = await browser.me(rp.origin);
  const { id_token: idToken } = JSON.parse(JSON.stringify(data["tokens"]));
  const postLogoutRedirectUri = `${rp.origin}/bye`;
  const to = await login.endSessionUrl({ idToken, postLogoutRedirectUri, state: "s" });
  if (to === null) throw new Error("no end_session_endpoint");
  expect(await logOutThere(browser, to)).toBe(`${rp.origin}/bye?state=s`);
  // Logged out there: it asks for the password again.
  const silent = mount({ prompt: "none" });
  expect((await browser.login(silent.url, {})).body).toContain("log in at the provider first");
});

test.each([
  ["in the session", { sessionKey: "tokens" }],
  ["in a store", { store: memoryStore() }],
])("one option: a logout goes on at the provider, tokens %s", async (_, options) => {
  const { rp, op, mount } = real;
  const { login, url } = mount(options);
  rp.mountLogout("/logout", { provider: login });
  const browser = new Browser();
  await browser.login(url, ann);
  const { data } = await browser.me(rp.origin);
  const idToken = (await login.tokens.ofSession(data))?.id_token ?? "";
  expect(idToken).not.toBe("");
  const page = await browser.send(`${rp.origin}/logout?next=/home%3Fa%3Db`);
  expect(page.headers.get("content-security-policy")).toContain(`form-action 'self' ${op.issuer};`);
  const form = hiddenFields(page.body);
  const to = new URL(
    Browser.next(await browser.send(`${rp.origin}/logout`, { form })) ?? "http://none",
  );
  expect(to.origin).toBe(op.issuer);
  expect(Object.fromEntries(to.searchParams)).toEqual({
    client_id: "web",
    id_token_hint: idToken,
    post_logout_redirect_uri: `${rp.origin}/logout`,
    state: "/home?a=b",
  });
  expect((await browser.me(rp.origin)).user).toBeNull();
  if ("store" in options) expect(await login.tokens.ofSession(data)).toBeNull();
  const back = await logOutThere(browser, to);
  expect(back).toBe(`${rp.origin}/logout?state=%2Fhome%3Fa%3Db`);
  expect(Browser.next(await browser.send(back ?? ""))).toBe(`${rp.origin}/home?a=b`);
  const silent = mount({ prompt: "none" });
  expect((await browser.login(silent.url, {})).body).toContain("log in at the provider first");
});

test("a logout goes on only at the provider that the session came from", async () => {
  const { rp, op, mount } = real;
  const { login } = mount({ sessionKey: "tokens", postLogoutRedirectUri: `${rp.origin}/bye` });
  const info = { url: `${rp.origin}/logout`, next: "" };
  const ours = { id: "ann", iss: op.issuer };
  const away = await login.logoutUrl({ ...info, user: ours, data: {} });
  expect(Object.fromEntries(away?.searchParams ?? [])).toEqual({
    client_id: "web",
    post_logout_redirect_uri: `${rp.origin}/bye`,
  });
  const foreign = await forger.sign({ iss: forger.issuer, sub: "ann" });
  for (const id_token of [foreign, "no.token", ""]) {
    const data = { tokens: { access_token: "a", expires_at: null, id_token } };
    const other = { id: "ann", iss: forger.issuer };
    expect(await login.logoutUrl({ ...info, user: other, data })).toBeNull();
    // Another provider's token is never shown to this one.
    const url = await login.logoutUrl({ ...info, user: ours, data });
    expect(url?.searchParams.has("id_token_hint")).toBe(false);
  }
  expect(await login.logoutUrl({ ...info, user: { id: "by password" }, data: {} })).toBeNull();
});

test.each([
  ["told", "the one session that it began here"],
  ["told-of-users", "all of the user's, where it names no session,"],
])(
  "back-channel, client %s: a logout at the provider ends %s and nobody else's",
  async (clientId) => {
    const { rp, mount } = real;
    const options = { clientId, store: rp.store, backChannelLogout: true };
    const { login, url } = mount(options, `/login/${clientId}`);
    const other = mount();
    const [browser, second, stranger] = [new Browser(), new Browser(), new Browser()];
    await browser.login(url, ann);
    await second.login(url, ann);
    await stranger.login(other.url, { login: "bob", password: "bob's password" });
    expect((await browser.me(rp.origin)).user).toMatchObject({ id: "ann" });
    const id = String((await browser.me(rp.origin)).data["oauth2"]);
    const tokens = await login.tokens.get(id);
    const to = await login.endSessionUrl({ idToken: tokens?.id_token ?? "" });
    if (to === null) throw new Error("no end_session_endpoint");
    await logOutThere(browser, to);
    await expect
      .poll(async () => (await browser.me(rp.origin)).user, { timeout: 5_000 })
      .toBeNull();
    const left = (await second.me(rp.origin)).user;
    expect(left?.["id"]).toBe(clientId === "told" ? "ann" : undefined);
    expect((await stranger.me(rp.origin)).user).toMatchObject({ id: "bob" });
    expect(rp.faults).toEqual([]);
  },
);

const EVENTS = { "http://schemas.openid.net/event/backchannel-logout": {} };
const now = (): number => Math.floor(Date.now() / 1_000);

function logoutClaims(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    iss: forger.issuer,
    aud: "web",
    iat: now(),
    exp: now() + 120,
    jti: "j-1",
    events: EVENTS,
    sub: "ann",
    sid: "s-1",
    ...more,
  };
}

function verify(token: string) {
  return verifyLogoutToken(token, {
    issuer: forger.issuer,
    clientId: "web",
    algorithms: ["RS256"],
    keys: createProviderKeys(new URL(`${forger.issuer}/jwks`), { publicOnly: false }),
    secret: null,
    toleranceMs: 0,
    now: Date.now,
  });
}

test("a logout token names a session or a user", async () => {
  const header = { typ: "logout+jwt" };
  const both = await forger.sign(logoutClaims(), header);
  expect(await verify(both)).toEqual({
    jti: "j-1",
    sub: "ann",
    sid: "s-1",
    issuedAt: expect.any(Number),
  });
  const untyped = await forger.sign(logoutClaims({ sid: undefined }));
  expect(await verify(untyped)).toMatchObject({ jti: "j-1", sub: "ann", sid: null });
});

test.each<[string, Record<string, unknown>, Record<string, unknown>?]>([
  ["another issuer", { iss: "https://other.example" }],
  ["another audience", { aud: "other" }],
  ["a nonce", { nonce: "n" }],
  ["no events", { events: undefined }],
  ["another event", { events: { other: {} } }],
  ["an event that is no object", { events: { [Object.keys(EVENTS)[0] ?? ""]: true } }],
  ["no jti", { jti: undefined }],
  ["neither sub nor sid", { sub: undefined, sid: undefined }],
  ["a sid that is no text", { sid: 1 }],
  ["no time of issue", { iat: undefined }],
  ["an old time of issue", { iat: 1_000_000_000, exp: undefined }],
  ["an end in the past", { exp: 1_000_000_000 }],
  ["the type of an access token", {}, { typ: "at+jwt" }],
])("a logout token with %s is refused", async (_, claims, header) => {
  const token = await forger.sign(logoutClaims(claims), header);
  await expect(verify(token)).rejects.toBeInstanceOf(OAuth2Error);
});

test("a logout token is taken once, a bad one never, and the provider is told", async () => {
  const { rp, mount } = real;
  const { url } = mount({
    issuer: forger.issuer,
    store: rp.store,
    clientSecret: "a secret of thirty-two bytes or more",
    backChannelLogout: true,
  });
  const browser = new Browser();
  const to = new URL(Browser.next(await browser.send(url)) ?? "");
  const query = new URLSearchParams({
    state: to.searchParams.get("state") ?? "",
    code: to.searchParams.get("nonce") ?? "",
  });
  forger.lies.claims = { sid: "s-1" };
  await browser.send(`${url}?${query}`);
  const loggedIn = async () => (await browser.me(rp.origin)).user !== null;
  expect(await loggedIn()).toBe(true);

  const post = (logout_token: string) => new Browser().send(url, { form: { logout_token } });
  const refused = await post("a.b.c");
  expect([refused.status, refused.body]).toEqual([400, '{"error":"invalid_request"}']);
  const elsewhere = await post(await forger.sign(logoutClaims({ sid: "s-2", sub: "eve" })));
  expect(elsewhere.status).toBe(200);
  expect(await loggedIn()).toBe(true);
  const token = await forger.sign(logoutClaims({ jti: "j-2", sub: undefined }));
  const answers = await Promise.all(Array.from({ length: 50 }, () => post(token)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
  expect(answers[0]?.headers.get("cache-control")).toBe("no-store");
  expect(await loggedIn()).toBe(false);
  rp.faults.length = 0;
});

test("a bad logout token is told to onError, which may fail, or printed", async () => {
  const { rp, mount } = real;
  const unhandled: unknown[] = [];
  const warnings: string[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  const noteWarning = ({ name }: Error): void => void warnings.push(name);
  process.on("unhandledRejection", note);
  process.on("warning", noteWarning);
  const options = { issuer: forger.issuer, store: rp.store, backChannelLogout: true };
  const fails = [
    () => {
      throw new Error("my log is full");
    },
    () => Promise.reject(new Error("my log is full")),
  ];
  const form = { logout_token: "x" };
  for (const onError of fails) {
    const { url } = mount({ ...options, onError });
    expect((await new Browser().send(url, { form })).status).toBe(400);
  }
  expect(rp.faults).toEqual([]);
  const client = { clientId: "web", clientSecret: "a secret of thirty-two bytes or more" };
  rp.mount("/login/printed", oidcLogin({ ...client, ...options, name: "printed" }));
  await new Browser().send(`${rp.origin}/login/printed`, { form });
  await expect.poll(() => warnings).toContain("LatchkeyOAuth2Warning");
  process.off("unhandledRejection", note);
  process.off("warning", noteWarning);
  expect(unhandled).toEqual([]);
});

test("a logout token is to be sent again when the provider's keys can't be had", async () => {
  const { rp, mount } = real;
  const options = { clientId: "web", issuer: forger.issuer, store: rp.store };
  const { url } = mount({ ...options, backChannelLogout: true });
  const form = { logout_token: await forger.sign(logoutClaims({ jti: "j-again" })) };
  forger.lies.jwks = (response) => void response.writeHead(404).end("{}");
  const answer = await new Browser().send(url, { form });
  expect([answer.status, answer.body]).toEqual([503, '{"error":"temporarily_unavailable"}']);
  expect(rp.faults.splice(0)).toMatchObject([{ code: "ERR_PROVIDER_UNAVAILABLE" }]);
  forger.lies = {};
  expect((await new Browser().send(url, { form })).status).toBe(200);
});

test("a logout token is not used up by a store that fails", async () => {
  const { rp, mount } = real;
  let fails = true;
  const store: Store = {
    ...rp.store,
    async listByOwner(owner, limit) {
      if (fails) throw new Error("the store is away");
      return rp.store.listByOwner(owner, limit);
    },
  };
  const options = { clientId: "web", issuer: forger.issuer, store };
  const { url } = mount({ ...options, backChannelLogout: true });
  const form = { logout_token: await forger.sign(logoutClaims({ jti: "j-away" })) };
  expect((await new Browser().send(url, { form })).status).toBeGreaterThanOrEqual(500);
  expect(rp.faults.splice(0)).toHaveLength(1);
  fails = false;
  expect((await new Browser().send(url, { form })).status).toBe(200);
  expect((await new Browser().send(url, { form })).status).toBe(400);
  rp.faults.length = 0;
});

test("a logout token means nothing where back-channel logout is off", async () => {
  const { url } = real.mount();
  const page = await new Browser().send(url, { form: { logout_token: "a.b.c" } });
  expect(page.status).toBe(403);
});
