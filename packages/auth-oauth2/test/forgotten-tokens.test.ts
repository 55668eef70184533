// Tokens in a store go with the session that they were kept for, whichever login kept them.
import type { LoginOptions } from "@latchkey/auth-core";
import * as arctic from "arctic";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import {
  arcticLogin,
  type OAuth2User,
  oauth2Login,
  oidcLogin,
  type ProviderLogin,
} from "../src/index.ts";
import { Browser, hiddenFields } from "./browser.ts";
import { CLIENT, startHostile } from "./hostile-provider.ts";
import { rpAndVendor } from "./rp-and-vendor.ts";
import { VENDOR_CLIENT } from "./vendor-server.ts";

const { rp, vendor } = await rpAndVendor();
const op = await startHostile();
afterAll(() => op.stop());
beforeEach(() => {
  op.lies = { claims: { sub: "ann" }, userInfo: { sub: "ann" } };
});

type Options = LoginOptions<OAuth2User, Record<string, unknown>>;
type Make = (name: string) => ProviderLogin;

const makers: Record<string, Make> = {
  oauth2Login: (name) =>
    oauth2Login({
      ...VENDOR_CLIENT,
      name,
      authorize: { url: `${vendor.origin}/authorize` },
      token: { url: `${vendor.origin}/token` },
      userInfo: { url: `${vendor.origin}/user` },
      store: rp.store,
    }),
  oidcLogin: (name) => oidcLogin({ ...CLIENT, name, issuer: op.issuer, store: rp.store }),
  arcticLogin: (name) => {
    const redirectUri = rp.origin + name;
    const client = new arctic.OAuth2Client(VENDOR_CLIENT.clientId, "vendor+secret", redirectUri);
    const { S256 } = arctic.CodeChallengeMethod;
    return arcticLogin({
      name,
      redirectUri,
      authorizationUrl: ({ state, codeVerifier }) =>
        client.createAuthorizationURLWithPKCE(
          `${vendor.origin}/authorize`,
          state,
          S256,
          codeVerifier,
          [],
        ),
      validateCode: ({ code, codeVerifier }) =>
        client.validateAuthorizationCode(`${vendor.origin}/token`, code, codeVerifier),
      fetchUser: async () => ({ id: 7 }),
      store: rp.store,
    });
  },
};

let count = 0;

/** Logs in by the button where the application asks first, and answers as the provider would. */
async function logIn(browser: Browser, url: string): Promise<number> {
  const page = await browser.send(url);
  const begun =
    page.status === 200 ? await browser.send(url, { form: hiddenFields(page.body) }) : page;
  const to = new URL(Browser.next(begun) ?? "");
  if (to.origin !== op.issuer) {
    return (await browser.send(await browser.follow(to.href, {}, url))).status;
  }
  const { searchParams } = to;
  const state = searchParams.get("state") ?? "";
  const query = new URLSearchParams({ state, code: searchParams.get("nonce") ?? "" });
  return (await browser.send(`${url}?${query}`)).status;
}

describe.each(Object.entries(makers))("%s", (_, make) => {
  function mount(options: Options = {}) {
    const path = `/login/${++count}`;
    const method = make(path);
    rp.mount(path, method, options);
    const kept = async (): Promise<string[]> => {
      const { records } = await rp.store.scan(`oauth2:${path}:tokens:`, null, 100);
      return records.map(({ id }) => id.replace(`oauth2:${path}:tokens:`, ""));
    };
    return { url: rp.origin + path, method, kept };
  }

  test("a login that the application refuses leaves none", async () => {
    const refuse = () => Promise.reject(new Error("not for you"));
    const { url, kept } = mount({ onLogin: [refuse] });
    expect(await logIn(new Browser(), url)).toBe(403);
    expect(await kept()).toEqual([]);
    expect(rp.faults.splice(0).map(String)).toEqual(["Error: not for you"]);
  });

  test("who logs in again has those of the last login only", async () => {
    const { url, kept } = mount();
    const browser = new Browser();
    await logIn(browser, url);
    expect(await kept()).toHaveLength(1);
    await logIn(browser, url);
    expect(await kept()).toEqual([(await browser.me(rp.origin)).data["oauth2"]]);
  });

  test("a linked login's are beside the login's own, and go with the link", async () => {
    const [main, link] = [mount(), mount({ userKey: "other" })];
    rp.mountLogout(`/unlink/${count}`, { userKey: "other" });
    const browser = new Browser();
    await logIn(browser, main.url);
    const [own] = await main.kept();
    expect(await logIn(browser, link.url)).toBe(303);
    const { data } = await browser.me(rp.origin);
    const [linked] = await link.kept();
    expect(data).toMatchObject({ oauth2: own, other: { oauth2: linked } });
    expect(await link.method.tokens.get(linked ?? "")).not.toBeNull();
    const page = await browser.send(`${rp.origin}/unlink/${count}`);
    await browser.send(page.url, { form: hiddenFields(page.body) });
    expect((await browser.me(rp.origin)).data).toEqual({ oauth2: own });
    expect([await main.kept(), await link.kept()]).toEqual([[own], []]);
  });

  test("a logout forgets those of its session and of its links, nobody else's", async () => {
    const [main, link] = [mount(), mount({ userKey: "other" })];
    rp.mountLogout("/logout");
    const [browser, second] = [new Browser(), new Browser()];
    for (const one of [second, browser]) await logIn(one, main.url);
    await logIn(browser, link.url);
    const page = await browser.send(`${rp.origin}/logout`);
    await browser.send(page.url, { form: hiddenFields(page.body) });
    expect(await link.kept()).toEqual([]);
    expect(await main.kept()).toEqual([(await second.me(rp.origin)).data["oauth2"]]);
  });
});
