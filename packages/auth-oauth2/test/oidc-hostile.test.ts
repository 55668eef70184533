// A provider that breaks each check in turn logs nobody in.
import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type OAuth2Error, type OidcLoginOptions, oidcLogin } from "../src/index.ts";
import { Browser, type Page } from "./browser.ts";
import {
  CLIENT,
  forge,
  type HostileProvider,
  type Lies,
  startHostile,
} from "./hostile-provider.ts";
import { type Rp, startRp } from "./rp-server.ts";

let rp: Rp;
let op: HostileProvider;
let errors: OAuth2Error[] = [];
let count = 0;

beforeAll(async () => {
  rp = await startRp();
  op = await startHostile();
});
afterAll(async () => {
  await op.stop();
  await rp.stop();
});
beforeEach(() => {
  op.lies = {};
  op.asked.clear();
  errors = [];
});
afterEach(() => {
  expect(rp.faults.splice(0)).toEqual([]);
});

function mount(options: Partial<OidcLoginOptions> = {}): string {
  const path = `/login/${++count}`;
  const onError = (error: OAuth2Error): void => void errors.push(error);
  rp.mount(path, oidcLogin({ name: path, issuer: op.issuer, ...CLIENT, onError, ...options }));
  return rp.origin + path;
}

/** Where the provider sends the browser: the code is the nonce. */
async function callback(browser: Browser, url: string, more: Record<string, string> = {}) {
  const page = await browser.send(url);
  const to = new URL(Browser.next(page) ?? `${page.status}:`);
  const back = new URL(to.searchParams.get("redirect_uri") ?? "");
  back.searchParams.set("state", to.searchParams.get("state") ?? "");
  back.searchParams.set("code", to.searchParams.get("nonce") ?? "");
  for (const [name, value] of Object.entries(more)) back.searchParams.set(name, value);
  return back.href;
}

async function login(
  options: Partial<OidcLoginOptions> = {},
  more: Record<string, string> = {},
  lies: Lies = op.lies,
) {
  const browser = new Browser();
  const back = await callback(browser, mount(options), more);
  op.lies = lies;
  const page = await browser.send(back);
  const { user } = await browser.me(rp.origin);
  return { page, user };
}

async function expectRefused(status: number, options: Partial<OidcLoginOptions> = {}) {
  const { page, user } = await login(options);
  expect(user).toBeNull();
  expect(page.status).toBe(status);
  expectNothingLeaks(page);
}

function expectNothingLeaks({ body }: Page): void {
  const said = body + errors.map(({ message, stack }) => message + stack).join();
  for (const secret of [CLIENT.clientSecret, "access-", "eyJ", "secret words"]) {
    expect(said).not.toContain(secret);
  }
}

const now = (): number => Math.floor(Date.now() / 1_000);

test("an honest one logs in", async () => {
  const { page, user } = await login();
  expect(page.status).toBe(303);
  expect(user).toMatchObject({ id: "ann", name: "Ann" });
});

test.each<[string, Lies["claims"] | (() => Lies["claims"])]>([
  ["another issuer", { iss: "https://other.example" }],
  ["an issuer that begins alike", () => ({ iss: `${op.issuer}/` })],
  ["no issuer", { iss: undefined }],
  ["another audience", { aud: "other" }],
  ["no audience", { aud: undefined }],
  ["two audiences without azp", { aud: ["web", "other"] }],
  ["another azp", { aud: ["web", "other"], azp: "other" }],
  ["another azp for one audience", { azp: "other" }],
  ["another nonce", { nonce: "other" }],
  ["no nonce", { nonce: undefined }],
  ["a nonce that is no text", { nonce: ["a"] }],
  ["another at_hash", { at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }],
  ["an at_hash that is no text", { at_hash: 1 }],
  ["an end in the past", () => ({ exp: now() - 100 })],
  ["no end", { exp: undefined }],
  ["an end that is text", { exp: "9999999999" }],
  ["no time of issue", { iat: undefined }],
  ["a time of issue in the future", () => ({ iat: now() + 100 })],
  ["a beginning in the future", () => ({ nbf: now() + 100 })],
  ["no sub", { sub: undefined }],
  ["an empty sub", { sub: "" }],
  ["a sub that is a number", { sub: 1 }],
])("an ID token with %s is refused", async (_, claims) => {
  op.lies.claims = (typeof claims === "function" ? claims() : claims) ?? {};
  await expectRefused(400);
  expect(errors).toMatchObject([{ code: "ERR_TOKEN_INVALID" }]);
});

test.each<[string, NonNullable<Lies["idToken"]>]>([
  ["alg none", (claims) => forge({ alg: "none" }, claims, null)],
  ["alg nOnE", (claims) => forge({ alg: "nOnE" }, claims, null)],
  ["no alg", (claims) => forge({ typ: "JWT" }, claims, null)],
  [
    "HS256 by the client's secret",
    (claims) => forge({ alg: "HS256" }, claims, CLIENT.clientSecret),
  ],
  [
    "HS256 by the public key",
    async (claims, it) => forge({ alg: "HS256" }, claims, await it.publicKey()),
  ],
  ["a kid that nobody has", (claims, it) => it.sign(claims, { kid: "../../etc/passwd" })],
  [
    "a key of its own",
    (claims, it) => it.sign(claims, { jwk: {}, jku: `${it.issuer}/evil`, kid: "e" }),
  ],
  ["the type of an access token", (claims, it) => it.sign(claims, { typ: "at+jwt" })],
  ["the type of a logout token", (claims, it) => it.sign(claims, { typ: "logout+jwt" })],
  ["a changed payload", async (claims, it) => tampered(await it.sign(claims))],
  ["no signature", async (claims, it) => (await it.sign(claims)).replace(/[^.]+$/, "")],
  ["two parts", () => "a.b"],
  ["five parts", () => "a.b.c.d.e"],
])("an ID token with %s is refused", async (_, idToken) => {
  op.lies.idToken = idToken;
  await expectRefused(400);
  expect(errors).toMatchObject([{ code: "ERR_TOKEN_INVALID" }]);
  expect(op.asked.has("/evil")).toBe(false);
});

function tampered(token: string): string {
  const [header, payload = "", signature] = token.split(".");
  const text = Buffer.from(payload, "base64url").toString().replace('"ann"', '"bob"');
  return [header, Buffer.from(text).toString("base64url"), signature].join(".");
}

test("an error has none of the token's claims, wherever one looks", async () => {
  op.lies.claims = { exp: now() - 100, email: "ann@example.com" };
  await expectRefused(400);
  op.lies.claims = { aud: "other", email: "ann@example.com" };
  await expectRefused(400);
  expect(errors).toHaveLength(2);
  expect(inspect(errors, { depth: null, showHidden: true })).not.toContain("ann@example.com");
});

test("HS256 is taken where it was chosen, and then by the secret only", async () => {
  const algorithms = ["HS256"];
  op.lies = {
    claims: { at_hash: undefined },
    idToken: (claims) => forge({ alg: "HS256" }, claims, CLIENT.clientSecret),
  };
  expect((await login({ algorithms })).user).toMatchObject({ id: "ann" });
  op.lies.idToken = async (claims, it) => forge({ alg: "HS256" }, claims, await it.publicKey());
  await expectRefused(400, { algorithms });
  op.lies = {};
  await expectRefused(400, { algorithms });
});

test("times may differ by the tolerance", async () => {
  op.lies.claims = { exp: now() - 20, iat: now() + 20 };
  expect((await login()).user).toMatchObject({ id: "ann" });
  await expectRefused(400, { clockTolerance: "1s" });
});

test("user information of someone else is refused", async () => {
  op.lies.userInfo = { sub: "bob", name: "Bob" };
  await expectRefused(400);
  op.lies.userInfo = { name: "Bob" };
  await expectRefused(400);
});

test("user information can't replace what was signed, nor verify another's address", async () => {
  op.lies.claims = { email: "ann@example.com", email_verified: true, acr: "high" };
  op.lies.userInfo = { sub: "ann", iss: "x", acr: "x", sid: "x", email: "victim@example.com" };
  expect((await login()).user).toMatchObject({
    iss: op.issuer,
    acr: "high",
    email: "victim@example.com",
    email_verified: false,
  });
});

test("user information replaces only e-mail and profile, and adds the rest", async () => {
  op.lies.claims = { groups: ["readers"], roles: [], oid: "o-1", name: "Old", org: "a" };
  op.lies.userInfo = {
    sub: "ann",
    groups: ["admins"],
    roles: ["admin"],
    oid: "o-2",
    hd: "corp.example",
    name: "New",
    org: "b",
    plan: "free",
  };
  const { user } = await login();
  expect(user).toMatchObject({
    groups: ["readers"],
    roles: [],
    oid: "o-1",
    name: "New",
    org: "a",
    plan: "free",
  });
  expect(user).not.toHaveProperty("hd");
});

test("user information is the only word of what was not signed", async () => {
  op.lies.userInfo = { sub: "ann", groups: ["readers"] };
  expect((await login()).user).toHaveProperty("groups", ["readers"]);
});

test.each([
  ["false", false],
  ["text", "true"],
  ["a number", 1],
  ["absent", undefined],
])("email_verified that is %s is false", async (_, verified) => {
  op.lies.userInfo = { sub: "ann", email: "a@example.com", email_verified: verified };
  expect((await login()).user).toHaveProperty("email_verified", false);
});

test("how old the login there may be, and how strong, is checked", async () => {
  await expectRefused(400, { maxAge: "5m" });
  op.lies.claims = { auth_time: now() - 400 };
  await expectRefused(400, { maxAge: "5m" });
  op.lies.claims = { auth_time: now() - 200, acr: "low" };
  expect((await login({ maxAge: "5m" })).user).toMatchObject({ id: "ann" });
  await expectRefused(400, { acr: ["high"] });
  expect((await login({ acr: ["high", "low"] })).user).toMatchObject({ id: "ann" });
});

test("a new key is found, and unknown ones don't make us ask again and again", async () => {
  const url = mount();
  const visit = async (): Promise<unknown> => {
    const browser = new Browser();
    await browser.send(await callback(browser, url));
    return (await browser.me(rp.origin)).user;
  };
  expect(await visit()).not.toBeNull();
  expect(await visit()).not.toBeNull();
  expect(op.asked.get("/jwks")).toBe(1);
  expect(op.asked.get("/.well-known/openid-configuration")).toBe(1);
  op.lies.idToken = (claims, it) => it.sign(claims, { kid: "unknown" });
  for (let i = 0; i < 5; i++) expect(await visit()).toBeNull();
  expect(op.asked.get("/jwks")).toBe(1);
});

test("RFC 9207: an answer of another issuer is refused before its code is used", async () => {
  const { page, user } = await login({}, { iss: "https://attacker.example" });
  expect([page.status, user]).toEqual([400, null]);
  op.lies.metadata = { authorization_response_iss_parameter_supported: true };
  await expectRefused(400);
  expect(op.asked.has("/token")).toBe(false);
  expect((await login({}, { iss: op.issuer })).user).toMatchObject({ id: "ann" });
});

function status(code: number, body: string, headers: Record<string, string> = {}) {
  return (response: ServerResponse): void => void response.writeHead(code, headers).end(body);
}

const internal = { location: "http://169.254.169.254/latest/meta-data" };

test.each<[string, Lies]>([
  ["a token endpoint with 500", { token: status(500, "secret words") }],
  ["a token endpoint with HTML", { token: status(200, "<html>secret words</html>") }],
  ["a token endpoint with {}", { token: status(200, "{}") }],
  ["a token endpoint with a list", { token: status(200, "[]") }],
  ["a token endpoint that is a redirect", { token: status(307, "", internal) }],
  ["a token that breaks lines", { token: { access_token: "a\r\nx: y" } }],
  ["a token that is no bearer's", { token: { token_type: "mac" } }],
  ["no ID token", { token: { id_token: undefined } }],
  [
    "an error that says 200",
    { token: { error: "incorrect_client", error_description: "secret words" } },
  ],
  ["user information with 403", { userInfo: status(403, "secret words") }],
  ["user information that is a redirect", { userInfo: status(302, "", internal) }],
  ["keys that are a redirect", { jwks: status(302, "", internal) }],
  ["keys with 500", { jwks: status(500, "") }],
  ["keys with 404", { jwks: status(404, "{}") }],
  ["keys with 429", { jwks: status(429, "secret words") }],
  ["keys in HTML", { jwks: status(200, "<html>secret words</html>") }],
  ["keys that are none", { jwks: status(200, "{}") }],
])("%s is an unavailable provider", async (_, lies) => {
  op.lies = lies;
  await expectRefused(503);
  expect(errors).toHaveLength(1);
});

test("a code that the provider doesn't take is over", async () => {
  op.lies.token = status(400, JSON.stringify({ error: "invalid_grant", error_description: "eyJ" }));
  await expectRefused(400);
  expect(errors).toMatchObject([{ code: "ERR_PROVIDER_REFUSED", providerError: "invalid_grant" }]);
});

test.each<[string, Lies]>([
  ["that is huge", { token: status(200, `{"a":"${"x".repeat(300_000)}"}`) }],
  ["that never ends", { token: endless }],
])("an answer %s is cut off", async (_, lies) => {
  op.lies = lies;
  await expectRefused(503);
});

function endless(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write("x".repeat(65_536)));
  };
  response.on("drain", more);
  more();
}

test("a provider that hangs, or answers a byte at a time, is given up", {
  timeout: 20_000,
}, async () => {
  const started = performance.now();
  const [hung, dripping] = await Promise.all([
    login({}, {}, { token: () => {} }),
    login({}, {}, { token: drip }),
  ]);
  expect([hung.page.status, dripping.page.status]).toEqual([503, 503]);
  expect(performance.now() - started).toBeGreaterThan(4_000);
  expect(errors).toMatchObject([
    { code: "ERR_PROVIDER_UNAVAILABLE" },
    { code: "ERR_PROVIDER_UNAVAILABLE" },
  ]);
});

function drip(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 200);
  response.on("close", () => clearInterval(timer));
}

test.each<[string, (issuer: string) => Lies["metadata"]]>([
  ["another issuer", () => ({ issuer: "https://other.example" })],
  ["an issuer with a slash more", (issuer) => ({ issuer: `${issuer}/` })],
  ["no token endpoint", () => ({ token_endpoint: undefined })],
  ["a script as its page", () => ({ authorization_endpoint: "javascript:alert(1)" })],
  ["a page without https", () => ({ authorization_endpoint: "http://other.example/auth" })],
  ["keys without https", () => ({ jwks_uri: "http://169.254.169.254/keys" })],
  ["user information in a file", () => ({ userinfo_endpoint: "file:///etc/passwd" })],
])("metadata with %s begins no login", async (_, metadata) => {
  op.lies.metadata = metadata(op.issuer) ?? {};
  const page = await new Browser().send(mount());
  expect([400, 503]).toContain(page.status);
  expect(page.headers.get("location")).toBeNull();
});

test.each([
  "https://169.254.169.254/x",
  "https://127.0.0.1:1/x",
  "https://[::1]:1/x",
  "https://[::ffff:10.0.0.1]/x",
  "https://2130706433/x",
  "https://localhost:1/x",
  "http://localhost:1/x",
])("an endpoint at %s, which the metadata names, is not asked", async (url) => {
  for (const name of ["jwks_uri", "token_endpoint", "userinfo_endpoint"]) {
    errors = [];
    op.lies.metadata = { [name]: url };
    await expectRefused(400);
    expect(errors).toMatchObject([{ code: "ERR_ADDRESS_BLOCKED" }]);
  }
});
