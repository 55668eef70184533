// Logging in with a real OpenID provider, over HTTP.
import { type OidcServer, startOidc } from "@latchkey/tools/oidc";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OidcLoginOptions, oidcLogin } from "../src/index.ts";
import { Browser } from "./browser.ts";
import { type Rp, startRp } from "./rp-server.ts";

const clientSecret = "a client's secret: with / odd & signs";
const ann = { login: "ann", password: "ann's password" };
let rp: Rp;
let op: OidcServer;
let count = 0;

beforeAll(async () => {
  rp = await startRp();
  const paths = Array.from({ length: 20 }, (_, index) => `${rp.origin}/login/${index + 1}`);
  const client = {
    client_secret: clientSecret,
    redirect_uris: paths,
    post_logout_redirect_uris: [`${rp.origin}/bye`],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code" as const],
  };
  op = await startOidc({
    people: {
      ann: {
        password: ann.password,
        claims: { name: "Ann", email: "ann@example.com", email_verified: true },
      },
      bob: {
        password: "bob's password",
        claims: { name: "Bob", email: "ann@example.com", email_verified: "true" },
      },
    },
    clients: [
      { ...client, client_id: "web" },
      { ...client, client_id: "posting", token_endpoint_auth_method: "client_secret_post" },
      {
        ...client,
        client_id: "told",
        backchannel_logout_uri: `${rp.origin}/login/told`,
        backchannel_logout_session_required: true,
        redirect_uris: [`${rp.origin}/login/told`],
      },
    ],
  });
});

afterAll(async () => {
  await op.stop();
  await rp.stop();
});

function mount(options: Partial<OidcLoginOptions> = {}, path = `/login/${++count}`) {
  const login = oidcLogin({
    name: path,
    issuer: op.issuer,
    clientId: "web",
    clientSecret,
    onError: (error) => rp.faults.push(error),
    ...options,
  });
  rp.mount(path, login);
  return { login, url: rp.origin + path };
}

test("a login yields the claims, and nothing else is kept", async () => {
  const { url } = mount();
  const browser = new Browser();
  const page = await browser.login(url, ann);
  expect(rp.faults).toEqual([]);
  expect(page.status).toBe(303);
  expect(Browser.next(page)).toBe(`${rp.origin}/`);
  const { user, data } = await browser.me(rp.origin);
  expect(user).toMatchObject({
    id: "ann",
    sub: "ann",
    iss: op.issuer,
    name: "Ann",
    email: "ann@example.com",
    email_verified: true,
  });
  expect(user).not.toHaveProperty("nonce");
  expect(data).toEqual({});
  expect(rp.faults).toEqual([]);
});

test("an e-mail address is verified only where the provider says true", async () => {
  const { url } = mount();
  const browser = new Browser();
  await browser.login(url, { login: "bob", password: "bob's password" });
  const { user } = await browser.me(rp.origin);
  expect(user).toMatchObject({ id: "bob", email: "ann@example.com", email_verified: false });
});
