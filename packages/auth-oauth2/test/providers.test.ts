// The well-known providers, against stand-ins that answer in their shapes: the providers themselves
// can't be asked by a test.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  entraLogin,
  facebookLogin,
  type GoogleLoginOptions,
  githubLogin,
  gitlabLogin,
  googleLogin,
  instagramLogin,
  linkedinLogin,
  type ProviderLogin,
  salesforceLogin,
  stackOverflowLogin,
  type TokenSet,
  twitterLogin,
} from "../src/index.ts";
import { Browser } from "./browser.ts";
import { CLIENT, type HostileProvider, startHostile } from "./hostile-provider.ts";
import { type Rp, startRp } from "./rp-server.ts";
import { isAuthorized, startVendor, VENDOR_CLIENT, type Vendor } from "./vendor-server.ts";

let rp: Rp;
let vendor: Vendor;
let oidc: HostileProvider;
let count = 0;

beforeAll(async () => {
  [rp, vendor, oidc] = [await startRp(), await startVendor(), await startHostile()];
});
afterAll(async () => {
  await Promise.all([rp.stop(), vendor.stop(), oidc.stop()]);
});
beforeEach(() => {
  vendor.requests.length = 0;
  vendor.answers.clear();
  vendor.gzip = false;
  oidc.lies = {};
});
afterEach(() => {
  expect(rp.faults.splice(0)).toEqual([]);
});

const onError = (error: unknown): void => void rp.faults.push(error);

function options() {
  const name = `vendor-${++count}`;
  const endpoints = {
    authorize: `${vendor.origin}/authorize`,
    token: `${vendor.origin}/token`,
    userInfo: `${vendor.origin}/me`,
  };
  return { ...VENDOR_CLIENT, name, endpoints, onError };
}

async function login(method: ProviderLogin) {
  const path = `/login/${++count}`;
  rp.mount(path, method);
  const browser = new Browser();
  const first = await browser.send(rp.origin + path);
  const to = new URL(Browser.next(first) ?? "");
  const page = await browser.send(await browser.follow(to.href, {}, rp.origin));
  return { page, to, ...(await browser.me(rp.origin)) };
}

/** Answers whoever has the token of this login. */
function answer(path: string, json: Record<string, unknown> | unknown[]): void {
  vendor.answers.set(path, (request) => (isAuthorized(vendor, request) ? json : 401));
}

test("GitHub: the primary address, and whether it is verified", async () => {
  answer("/me", { id: 583231, login: "octocat", email: "shown@example.com" });
  answer("/me/emails", [
    { email: "other@example.com", primary: false, verified: true },
    { email: "octocat@example.com", primary: true, verified: true },
  ]);
  const { user, to } = await login(githubLogin({ ...options(), scope: ["repo"] }));
  expect(user).toEqual({
    id: "583231",
    login: "octocat",
    email: "octocat@example.com",
    email_verified: true,
  });
  expect(to.searchParams.get("scope")).toBe("read:user user:email repo");
  answer("/me/emails", [{ email: "octocat@example.com", primary: true, verified: "true" }]);
  expect((await login(githubLogin(options()))).user).toHaveProperty("email_verified", false);
  for (const odd of [{}, [null], []]) {
    answer("/me/emails", odd);
    const { user: unsure } = await login(githubLogin(options()));
    expect(unsure).toMatchObject({ email: "shown@example.com", email_verified: false });
  }
  vendor.answers.delete("/me/emails");
  expect((await login(githubLogin(options()))).user).toHaveProperty("email_verified", false);
});

test("the application's rewriting follows the provider's own", async () => {
  answer("/me", { id: 1, email: "shown@example.com", email_verified: true });
  answer("/me/emails", [{ email: "own@example.com", primary: true, verified: true }]);
  const user = (attributes: Record<string, unknown>, { access_token }: TokenSet) => ({
    ...attributes,
    role: access_token === vendor.accessToken ? "reader" : "none",
  });
  expect((await login(githubLogin({ ...options(), user }))).user).toEqual({
    id: "1",
    email: "own@example.com",
    email_verified: true,
    role: "reader",
  });
  vendor.answers.delete("/me/emails");
  const unsure = await login(githubLogin({ ...options(), user }));
  expect(unsure.user).toMatchObject({ email: "shown@example.com", email_verified: false });
  answer("/me", { sub: "a", email: "ann@example.com", email_verified: "true" });
  const linkedin = await login(linkedinLogin({ ...options(), user }));
  expect(linkedin.user).toMatchObject({ email_verified: false, role: "reader" });
  const nobody = await login(linkedinLogin({ ...options(), user: async () => null }));
  expect([nobody.page.status, nobody.user]).toEqual([403, null]);
});

test("Facebook", async () => {
  answer("/me", { id: "10154519601793455", name: "Ann", picture: { data: { height: 50 } } });
  const { user } = await login(facebookLogin(options()));
  expect(user).toMatchObject({ id: "10154519601793455", picture: { data: { height: 50 } } });
  expect(vendor.requests[0]?.form.get("client_secret")).toBe(VENDOR_CLIENT.clientSecret);
});

test("X: the user is inside data, the secret in the header", async () => {
  answer("/me", { data: { id: "2244994945", username: "ann", name: "Ann" } });
  const method = twitterLogin({ ...options(), id: "username" });
  expect((await login(method)).user).toMatchObject({ id: "ann", name: "Ann" });
  expect(vendor.requests[0]?.form.has("client_secret")).toBe(false);
});

test("Instagram", async () => {
  answer("/me", { user_id: "17841400000000000", username: "ann" });
  const { user } = await login(instagramLogin(options()));
  expect(user).toMatchObject({ id: "17841400000000000", username: "ann" });
});

test("LinkedIn: an address that is only said to be verified is not", async () => {
  answer("/me", { sub: "782bbtaQ", email: "ann@example.com", email_verified: "true" });
  const { user } = await login(linkedinLogin(options()));
  expect(user).toMatchObject({ id: "782bbtaQ", email_verified: false });
});

test("Stack Overflow: key and token in the query, a compressed list with one user", async () => {
  vendor.gzip = true;
  vendor.answers.set("/me", ({ query }) => ({
    items: [{ user_id: 22656, display_name: "Ann", asked: Object.fromEntries(query) }],
  }));
  const { user } = await login(stackOverflowLogin({ ...options(), key: "k&y" }));
  expect(user).toMatchObject({
    id: "22656",
    display_name: "Ann",
    asked: { site: "stackoverflow", key: "k&y", access_token: vendor.accessToken },
  });
  expect(() => stackOverflowLogin({ ...options(), key: "" })).toThrow(/key/);
});

/** The OpenID provider takes the nonce for a code. */
async function oidcLoginOf(method: ProviderLogin) {
  const path = `/login/${++count}`;
  rp.mount(path, method);
  const browser = new Browser();
  const to = new URL(Browser.next(await browser.send(rp.origin + path)) ?? "");
  const back = new URLSearchParams({
    state: to.searchParams.get("state") ?? "",
    code: to.searchParams.get("nonce") ?? "",
  });
  const page = await browser.send(`${rp.origin}${path}?${back}`);
  return { page, to, ...(await browser.me(rp.origin)) };
}

function google(more: Partial<GoogleLoginOptions> = {}) {
  return oidcLoginOf(
    googleLogin({ ...CLIENT, name: `google-${++count}`, issuer: oidc.issuer, onError, ...more }),
  );
}

const gsuite = { email: "ann@corp.example", email_verified: true, hd: "corp.example" };

test("Google: the address is the id, and the domain is checked here", async () => {
  oidc.lies = { claims: { hd: gsuite.hd }, userInfo: { sub: "ann", ...gsuite } };
  const { user, to } = await google({
    hostedDomain: "corp.example",
    scope: ["https://www.googleapis.com/auth/gmail.readonly"],
    prompt: "select_account",
    params: { login_hint: "ann@corp.example" },
  });
  expect(user).toMatchObject({ id: "ann@corp.example", sub: "ann", hd: "corp.example" });
  expect(to.searchParams.get("hd")).toBe("corp.example");
  expect(to.searchParams.get("scope")).toContain("openid profile email https://www.googleapis");
  expect(to.searchParams.get("prompt")).toBe("select_account");
  for (const hd of ["evil.example", undefined, ["corp.example"], "CORP.example.evil"]) {
    // Only the signed one counts: the user information says the right domain.
    oidc.lies.claims = { hd };
    const { page, user: nobody } = await google({ hostedDomain: ["corp.example", "x.example"] });
    expect([page.status, nobody]).toEqual([403, null]);
  }
});

test("Google: an address that is not verified is nobody's id, but a number may be", async () => {
  oidc.lies.userInfo = { sub: "ann", ...gsuite, email_verified: false };
  expect((await google()).page.status).toBe(403);
  expect((await google({ id: "sub" })).user).toMatchObject({ id: "ann", email_verified: false });
});

test("an address that is not verified is nobody's id, whichever the provider", async () => {
  const byEmail = (more: object = {}) =>
    oidcLoginOf(
      gitlabLogin({
        ...CLIENT,
        name: `by-email-${++count}`,
        url: oidc.issuer,
        id: "email",
        onError,
        ...more,
      }),
    );
  for (const email_verified of [false, undefined, "true"]) {
    oidc.lies.userInfo = { sub: "ann", email: "ceo@corp.example", email_verified };
    const { page, user } = await byEmail();
    expect([page.status, user]).toEqual([403, null]);
  }
  // Nor does rewriting make it so; a function is the application's own word.
  const user = (claims: Record<string, unknown>) => ({ ...claims, email_verified: true });
  expect((await byEmail({ user })).page.status).toBe(403);
  const id = ({ email }: Record<string, unknown>) => String(email);
  expect((await byEmail({ id })).user).toHaveProperty("id", "ceo@corp.example");
  oidc.lies.userInfo = { sub: "ann", email: "ann@corp.example", email_verified: true };
  expect((await byEmail()).user).toHaveProperty("id", "ann@corp.example");

  answer("/me", { id: 1, email: "ceo@corp.example" });
  const github = () => login(githubLogin({ ...options(), id: "email" }));
  expect((await github()).page.status).toBe(403);
  answer("/me/emails", [{ email: "own@example.com", primary: true, verified: true }]);
  expect((await github()).user).toHaveProperty("id", "own@example.com");
  expect((await login(facebookLogin({ ...options(), id: "email" }))).page.status).toBe(403);
});

test("Google: offline access keeps a refresh token, which is used after a 401", async () => {
  oidc.lies = { userInfo: { sub: "ann", ...gsuite }, token: { refresh_token: "1//r" } };
  vendor.answers.set("/contacts", ({ headers }) =>
    headers.authorization === "Bearer fresh" ? { contacts: [] } : 401,
  );
  const method = googleLogin({
    ...CLIENT,
    name: "google-offline",
    issuer: oidc.issuer,
    offline: true,
    store: rp.store,
    apiOrigins: [vendor.origin],
    onError,
  });
  const { to, data } = await oidcLoginOf(method);
  expect(to.searchParams.get("access_type")).toBe("offline");
  const id = String(data["oauth2"]);
  expect(await method.tokens.get(id)).toHaveProperty("refresh_token", "1//r");
  oidc.lies.token = { access_token: "fresh", id_token: undefined };
  const contacts = await method.tokens.fetch(id, `${vendor.origin}/contacts`);
  expect(await contacts.json()).toEqual({ contacts: [] });
  expect(oidc.lastForm.get("refresh_token")).toBe("1//r");
});

test("two providers' users of one number are two, with an id that says whose it is", async () => {
  answer("/me", { id: 583231 });
  const github = await login(githubLogin({ ...options(), id: ({ id }) => `github:${id}` }));
  oidc.lies = { claims: { sub: "583231" }, userInfo: { sub: "583231" } };
  const gitlab = await oidcLoginOf(
    gitlabLogin({
      ...CLIENT,
      name: "gitlab-sub",
      url: oidc.issuer,
      id: ({ sub }) => `gitlab:${sub}`,
      onError,
    }),
  );
  expect([github.user?.["id"], gitlab.user?.["id"]]).toEqual(["github:583231", "gitlab:583231"]);
  // Nobody becomes the one user `github:undefined`.
  for (const id of [undefined, null, 2 ** 53]) {
    answer("/me", { id, login: "octocat" });
    const odd = await login(githubLogin({ ...options(), id: (one) => `github:${one["id"]}` }));
    expect([odd.page.status, odd.user]).toEqual([503, null]);
    expect(rp.faults.splice(0)).toMatchObject([{ code: "ERR_PROVIDER_ANSWER" }]);
  }
});

test("GitLab and Salesforce: an address of their own", async () => {
  const common = { ...CLIENT, onError };
  const gitlab = await oidcLoginOf(gitlabLogin({ ...common, url: oidc.issuer }));
  expect(gitlab.user).toMatchObject({ id: "ann", iss: oidc.issuer });
  const salesforce = await oidcLoginOf(salesforceLogin({ ...common, url: oidc.issuer }));
  expect(salesforce.user).toMatchObject({ id: "ann" });
});

test("Entra: one directory, its object id, and never a verified address", async () => {
  const tenant = "11111111-2222-3333-4444-555555555555";
  oidc.lies = {
    metadata: { issuer: `${oidc.issuer}/${tenant}/v2.0` },
    claims: { iss: `${oidc.issuer}/${tenant}/v2.0`, oid: "o-1", email: "ceo@victim.example" },
  };
  const method = (more: object = {}) =>
    entraLogin({
      ...CLIENT,
      tenant,
      authority: oidc.issuer,
      name: `entra-${++count}`,
      onError,
      ...more,
    });
  const { user } = await oidcLoginOf(method());
  expect(user).toMatchObject({ id: "o-1", email: "ceo@victim.example", email_verified: false });
  expect((await oidcLoginOf(method({ id: "email" }))).page.status).toBe(403);
  oidc.lies.claims = { ...oidc.lies.claims, iss: `${oidc.issuer}/other/v2.0` };
  expect((await oidcLoginOf(method())).user).toBeNull();
  expect(rp.faults.splice(0)).toMatchObject([{ code: "ERR_TOKEN_INVALID" }]);
  for (const wrong of ["common", "organizations", "corp.example", ""]) {
    expect(() => method({ tenant: wrong })).toThrow(/tenant/);
  }
});

test("the real addresses of all of them are https, and each has a name of its own", async () => {
  const common = { ...CLIENT, redirectUri: "https://app.example/login", key: "k" };
  const makers = [githubLogin, facebookLogin, twitterLogin, instagramLogin, linkedinLogin];
  const logins = [...makers.map((make) => make(common)), stackOverflowLogin(common)];
  const exchange = { protocol: "https", host: "app.example", ip: "::1", url: "/", method: "GET" };
  for (const method of logins) {
    const step = await method.step({
      method: "GET",
      url: new URL("https://app.example/login"),
      fields: {},
      next: null,
      exchange: { ...exchange, protocol: "https", getHeader: () => undefined, appendHeader() {} },
      recall: async () => null,
    });
    expect(step).toMatchObject({ kind: "redirect", to: expect.stringMatching(/^https:/) });
  }
  expect(new Set(logins.map(({ name }) => name)).size).toBe(6);
});
