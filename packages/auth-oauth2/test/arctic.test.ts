// Providers of Arctic: GitLab's can be pointed at a stand-in, the others' addresses are fixed.
import { once } from "node:events";
import { createServer } from "node:http";
import { inspect } from "node:util";
import * as arctic from "arctic";
import { expect, test } from "vitest";
import { type ArcticLoginOptions, arcticLogin, OAuth2Error } from "../src/index.ts";
import { Browser } from "./browser.ts";
import { rpAndVendor } from "./rp-and-vendor.ts";
import { VENDOR_CLIENT } from "./vendor-server.ts";

const { rp, vendor } = await rpAndVendor();
let count = 0;

/** Arctic's own client, with PKCE, at the stand-in. */
async function login(more: Partial<ArcticLoginOptions> = {}) {
  const path = `/login/${++count}`;
  const redirectUri = rp.origin + path;
  // Arctic doesn't form-encode the secret, as RFC 6749 says: this is the encoded one.
  const client = new arctic.OAuth2Client(VENDOR_CLIENT.clientId, "vendor+secret", redirectUri);
  const [authorize, token] = [`${vendor.origin}/authorize`, `${vendor.origin}/token`];
  const method = arcticLogin({
    name: path,
    redirectUri,
    authorizationUrl: ({ state, codeVerifier }) =>
      client.createAuthorizationURLWithPKCE(
        authorize,
        state,
        arctic.CodeChallengeMethod.S256,
        codeVerifier,
        ["user"],
      ),
    validateCode: ({ code, codeVerifier }) =>
      client.validateAuthorizationCode(token, code, codeVerifier),
    async fetchUser(accessToken) {
      const headers = { authorization: `Bearer ${accessToken}` };
      return JSON.parse(await (await fetch(`${vendor.origin}/user`, { headers })).text());
    },
    onError: (error) => rp.faults.push(error),
    ...more,
  });
  rp.mount(path, method);
  const browser = new Browser();
  const page = await browser.login(redirectUri, {});
  return { page, method, ...(await browser.me(rp.origin)) };
}

test("a login by a provider of Arctic, with refreshing", async () => {
  const { user, data, method } = await login({
    store: rp.store,
    refresh: async () => new arctic.OAuth2Tokens({ access_token: "fresh", token_type: "bearer" }),
  });
  expect(rp.faults).toEqual([]);
  expect(user).toEqual({ id: "7" });
  const id = String(data["oauth2"]);
  expect(await method.tokens.refreshAccessToken(id)).toMatchObject({ access_token: "fresh" });
});

test("what fails is one of our errors, and nobody is logged in", async () => {
  const refused = await login({
    validateCode: async () => {
      throw new arctic.OAuth2RequestError("invalid_grant", "secret words", null, null);
    },
  });
  expect([refused.page.status, refused.user]).toEqual([400, null]);
  const away = await login({
    validateCode: async () => {
      throw new arctic.ArcticFetchError(new Error("ECONNREFUSED"));
    },
  });
  expect([away.page.status, away.user]).toEqual([503, null]);
  const broken = await login({
    fetchUser: async () => {
      throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    },
  });
  expect([broken.page.status, broken.user]).toEqual([503, null]);
  expect(rp.faults.at(-1)).toHaveProperty("code", "ERR_PROVIDER_UNAVAILABLE");
  const tokenless = await login({ validateCode: async () => new arctic.OAuth2Tokens({}) });
  expect([tokenless.page.status, tokenless.user]).toEqual([503, null]);
  const nobody = await login({ fetchUser: async () => null });
  expect([nobody.page.status, nobody.user]).toEqual([403, null]);
  expect(rp.faults.every((error) => error instanceof OAuth2Error)).toBe(true);
  expect(rp.faults).toHaveLength(4);
  expect(refused.page.body).not.toContain("secret words");
});

const SECRET = "hidden-token-1234";

test.each<[string, number, unknown, string, string]>([
  [
    "refuses",
    400,
    { error: "invalid_grant", error_description: SECRET },
    "ERR_PROVIDER_REFUSED",
    "the token endpoint refuses: invalid_grant",
  ],
  [
    "refuses by no code",
    401,
    { error: `no ${SECRET}!` },
    "ERR_PROVIDER_REFUSED",
    "the token endpoint refuses: unknown_error",
  ],
  [
    "answers what is no error",
    400,
    { access_token: SECRET },
    "ERR_PROVIDER_ANSWER",
    "the provider answers 400",
  ],
  ["answers text", 400, `"${SECRET}"`, "ERR_PROVIDER_ANSWER", "the provider answers 400"],
  ["answers another status", 403, {}, "ERR_PROVIDER_ANSWER", "the provider answers 403"],
  ["is broken", 502, { error: SECRET }, "ERR_PROVIDER_UNAVAILABLE", "the provider answers 502"],
  ["can't be reached", 0, {}, "ERR_PROVIDER_UNAVAILABLE", "the provider can't be asked"],
])(
  "a token endpoint that %s: our error, with Arctic's as its cause and no secret",
  async (...row) => {
    const [, status, body, code, message] = row;
    const server = createServer((request, response) => {
      if (status === 0) request.socket.destroy();
      else response.writeHead(status).end(JSON.stringify(body));
    });
    server.listen(0, "localhost");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("no port");
    const client = new arctic.OAuth2Client("app", SECRET, "http://localhost/x");
    const endpoint = `http://localhost:${address.port}/token`;
    const { page } = await login({
      validateCode: () => client.validateAuthorizationCode(endpoint, SECRET, SECRET),
    });
    server.close();
    expect(page.body).not.toContain(SECRET);
    const [error] = rp.faults;
    if (!(error instanceof OAuth2Error)) throw new Error("none of ours");
    expect([error.code, error.message]).toEqual([code, message]);
    expect(error.cause).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 10 })).toContain("validateAuthorizationCode");
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(SECRET);
  },
);

test("an onError that throws changes nothing for the visitor", async () => {
  const { page } = await login({
    fetchUser: async () => Promise.reject(new Error("away")),
    onError() {
      throw new Error("my log is full");
    },
  });
  expect([page.status, rp.faults]).toEqual([503, []]);
});

test("GitLab's class of Arctic, at a server of one's own", async () => {
  const gitlab = new arctic.GitLab(vendor.origin, "app", "secret", `${rp.origin}/x`);
  const method = arcticLogin({
    name: "gitlab-arctic",
    redirectUri: `${rp.origin}/x`,
    authorizationUrl: ({ state }) => gitlab.createAuthorizationURL(state, ["read_user"]),
    validateCode: ({ code }) => gitlab.validateAuthorizationCode(code),
    fetchUser: async () => null,
  });
  rp.mount("/x", method);
  const to = Browser.next(await new Browser().send(`${rp.origin}/x`)) ?? "";
  expect(to).toMatch(`${vendor.origin}/oauth/authorize?`);
  expect(new URL(to).searchParams.get("state")).toMatch(/^[\w-]{43}$/);
});
