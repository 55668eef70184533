// Which sessions a logout token ends, by `sid` and by `sub`, with a provider that signs what it is told to.
import type { Store } from "@latchkey/session-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type OidcLoginOptions, oidcLogin } from "../src/index.ts";
import { Browser } from "./browser.ts";
import { CLIENT, type HostileProvider, startHostile } from "./hostile-provider.ts";
import { type Rp, startRp } from "./rp-server.ts";

let op: HostileProvider;
let rp: Rp;
beforeAll(async () => {
  [op, rp] = [await startHostile(), await startRp()];
});
afterAll(async () => {
  await op.stop();
  await rp.stop();
});
afterEach(() => {
  rp.stuck = false;
  op.lies = {};
  expect(rp.faults.splice(0)).toEqual([]);
});

let count = 0;

/** A login at an address of its own. */
function mount(options: Partial<OidcLoginOptions> = {}): string {
  const path = `/login/${++count}`;
  rp.mount(
    path,
    oidcLogin({
      ...CLIENT,
      name: path,
      issuer: op.issuer,
      store: rp.store,
      backChannelLogout: true,
      onError: (error) => rp.faults.push(error),
      ...options,
    }),
  );
  return rp.origin + path;
}

/** Logs in as `sub` by the session `sid` at the provider; the application's last answer. */
async function logIn(browser: Browser, url: string, claims: Record<string, unknown>) {
  op.lies = { claims, userInfo: { sub: claims["sub"] } };
  const to = new URL(Browser.next(await browser.send(url)) ?? "");
  const state = to.searchParams.get("state") ?? "";
  const query = new URLSearchParams({ state, code: to.searchParams.get("nonce") ?? "" });
  return browser.send(`${url}?${query}`);
}

async function isIn(browser: Browser): Promise<boolean> {
  return (await browser.me(rp.origin)).user !== null;
}

function logoutToken(claims: Record<string, unknown>): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
  const base = { iss: op.issuer, aud: CLIENT.clientId, iat: now, exp: now + 120, events };
  return op.sign({ ...base, jti: `jti-${++count}`, ...claims }, { typ: "logout+jwt" });
}

async function tell(url: string, claims: Record<string, unknown>): Promise<number> {
  const form = { logout_token: await logoutToken(claims) };
  return (await new Browser().send(url, { form })).status;
}

const browsers = (): [Browser, Browser, Browser] => [new Browser(), new Browser(), new Browser()];

test("by sid: the sessions that it began, of all browsers, and no other of the user", async () => {
  const url = mount();
  const [one, two, other] = browsers();
  await logIn(one, url, { sub: "ann", sid: "s-1" });
  await logIn(two, url, { sub: "ann", sid: "s-1" });
  await logIn(other, url, { sub: "ann", sid: "s-2" });
  expect(await tell(url, { sub: "ann", sid: "s-3" })).toBe(200);
  expect([await isIn(one), await isIn(two), await isIn(other)]).toEqual([true, true, true]);
  expect(await tell(url, { sub: "ann", sid: "s-1" })).toBe(200);
  expect([await isIn(one), await isIn(two), await isIn(other)]).toEqual([false, false, true]);
  // Sessions that are gone already are none to end, and no fault.
  expect(await tell(url, { sid: "s-1" })).toBe(200);
  expect(await tell(url, { sid: "s-2" })).toBe(200);
  expect(await isIn(other)).toBe(false);
});

test("by sub: all of the user's, and nobody else's", async () => {
  const url = mount();
  const [one, two, other] = browsers();
  await logIn(one, url, { sub: "bea", sid: "b-1" });
  await logIn(two, url, { sub: "bea" });
  await logIn(other, url, { sub: "cid", sid: "c-1" });
  expect(await tell(url, { sub: "bea" })).toBe(200);
  expect([await isIn(one), await isIn(two), await isIn(other)]).toEqual([false, false, true]);
});

test("by sub: also those that began while the user had another id", async () => {
  const url = mount({ id: "email" });
  const [one, two, other] = browsers();
  const claims = { sub: "bo", email_verified: true };
  await logIn(one, url, { ...claims, email: "old@a.example" });
  await logIn(two, url, { ...claims, email: "new@a.example" });
  await logIn(other, url, { ...claims, sub: "cy", email: "cy@a.example" });
  expect(await tell(url, { sub: "bo" })).toBe(200);
  expect([await isIn(one), await isIn(two), await isIn(other)]).toEqual([false, false, true]);
  const kept = `oauth2:${url.slice(rp.origin.length)}:tokens:`;
  expect((await rp.store.scan(kept, null, 10)).records).toHaveLength(1);
});

test("a session belongs to the last login of its browser", async () => {
  const url = mount();
  const [one] = browsers();
  await logIn(one, url, { sub: "dan", sid: "d-1" });
  await logIn(one, url, { sub: "dan", sid: "d-2" });
  await tell(url, { sid: "d-1" });
  expect(await isIn(one)).toBe(true);
  // By a login without a session at the provider it is none of the provider's any longer.
  await logIn(one, url, { sub: "dan" });
  await tell(url, { sid: "d-2" });
  expect(await isIn(one)).toBe(true);
  // Nor is it once it is another user's.
  await logIn(one, url, { sub: "dan", sid: "d-3" });
  await logIn(one, mount({ backChannelLogout: false }), { sub: "eva" });
  await tell(url, { sid: "d-3" });
  expect((await one.me(rp.origin)).user).toMatchObject({ id: "eva" });
});

test("another issuer's session of the same name is another one", async () => {
  const second = await startHostile();
  const [url, elsewhere] = [mount(), mount({ issuer: second.issuer })];
  const [one] = browsers();
  await logIn(one, url, { sub: "fay", sid: "same" });
  const now = Math.floor(Date.now() / 1_000);
  const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
  const claims = { iss: second.issuer, aud: CLIENT.clientId, iat: now, exp: now + 120, events };
  const token = await second.sign({ ...claims, jti: "x", sub: "fay", sid: "same" });
  const { status } = await new Browser().send(elsewhere, { form: { logout_token: token } });
  await second.stop();
  expect([status, await isIn(one)]).toEqual([200, true]);
});

test.each(["sid", "sub"] as const)(
  "a logout by %s while the login is under way leaves no session",
  async (by) => {
    let claims = { sub: "", sid: "" };
    const told = async (url: string): Promise<void> => {
      expect(await tell(url, { [by]: claims[by] })).toBe(200);
    };
    // Between the check of the ID token and the session.
    const early = mount({
      async user(known) {
        await told(early);
        return known;
      },
    });
    // Once the session is noted, before the last look whether it may stay.
    const seam: Store = {
      ...rp.store,
      async create(record) {
        const isNew = await rp.store.create(record);
        if (/^oauth2:.*:sub:/.test(record.id)) await told(late);
        return isNew;
      },
    };
    const late = mount({ store: seam });
    for (const [sub, url] of [
      [`gus-early-${by}`, early],
      [`gus-late-${by}`, late],
    ] as const) {
      const [one] = browsers();
      claims = { sub, sid: `sid-of-${sub}` };
      const { status, body } = await logIn(one, url, claims);
      expect([status, await isIn(one)]).toEqual([400, false]);
      expect(body).toContain("Please begin again");
      expect(await rp.sessions.list(sub)).toEqual([]);
      const { records } = await rp.store.scan("oidc:session:", null, 1_000);
      expect(records.filter(({ data }) => data.includes(sub))).toEqual([]);
      const path = url.slice(rp.origin.length);
      expect((await rp.store.scan(`oauth2:${path}:tokens:`, null, 10)).records).toEqual([]);
    }
  },
);

test("a login after the logout counts, also of the same user", async () => {
  const url = mount();
  const past = Math.floor(Date.now() / 1_000) - 5;
  await tell(url, { sub: "hal", iat: past });
  await tell(url, { sid: "h-1", iat: past });
  const [one, two] = browsers();
  await logIn(one, url, { sub: "hal", sid: "h-2" });
  expect(await isIn(one)).toBe(true);
  // An ID token from before, that a slow login brings only now.
  await logIn(two, url, { sub: "hal", sid: "h-3", iat: past });
  expect(await isIn(two)).toBe(false);
});

test("what is known of a session goes with its end", async () => {
  const url = mount();
  const [one] = browsers();
  const { sub, sid } = { sub: "ida", sid: "i-1" };
  await logIn(one, url, { sub, sid });
  const known = async () => {
    const { records } = await rp.store.scan("oidc:session:", null, 1_000);
    return records.filter(({ data }) => data.includes('"ida"'));
  };
  const [record] = await known();
  const [session] = await rp.sessions.list("ida");
  expect(Math.abs((record?.expiresAt ?? 0) - (session?.expiresAt ?? 0))).toBeLessThan(1_000);
  // A dump of the store does not say what the provider calls its session.
  expect(`${record?.id} ${record?.owner} ${record?.data}`).not.toContain(sid);
  await tell(url, { sid });
  expect(await known()).toEqual([]);
});

test("the tokens of sessions that the provider ends are forgotten, others' are not", async () => {
  const url = mount();
  const kept = async (): Promise<number> => {
    const prefix = `oauth2:${url.slice(rp.origin.length)}:tokens:`;
    return (await rp.store.scan(prefix, null, 10)).records.length;
  };
  for (const [sub, sid] of [
    ["jan", "j-1"],
    ["jan", "j-2"],
    ["jan", "j-3"],
    ["joe", "j-4"],
  ]) {
    await logIn(new Browser(), url, { sub, sid });
  }
  expect(await kept()).toBe(4);
  await tell(url, { sid: "j-1" });
  expect(await kept()).toBe(3);
  await tell(url, { sub: "jan" });
  expect(await kept()).toBe(1);
});

test.each([
  ["sid", { sid: "k-1" }],
  ["sub", { sub: "kim" }],
])("a logout by %s that could not be done is done by the provider's next try", async (_, about) => {
  const url = mount();
  const [one] = browsers();
  await logIn(one, url, { sub: "kim", sid: "k-1", iat: Math.floor(Date.now() / 1_000) + 2 });
  const form = { logout_token: await logoutToken(about) };
  const post = async () => (await new Browser().send(url, { form })).status;
  rp.stuck = true;
  expect(await post()).toBe(503);
  expect(await isIn(one)).toBe(true);
  expect(rp.faults.splice(0)).toHaveLength(1);
  rp.stuck = false;
  expect(await post()).toBe(200);
  expect(await isIn(one)).toBe(false);
  expect(await post()).toBe(400);
  expect(rp.faults.splice(0)).toMatchObject([{ code: "ERR_TOKEN_INVALID" }]);
});

describe("front-channel", () => {
  const front = { backChannelLogout: false, frontChannelLogout: true };
  /** As the provider's page does it: in a frame of another site, so without our cookies. */
  const frame = (url: string, query: Record<string, string>) =>
    new Browser().send(`${url}?${new URLSearchParams(query)}`, {
      headers: { "sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site" },
    });

  test("ends the sessions that the named one began, without a cookie", async () => {
    const url = mount(front);
    const [one, two, other] = browsers();
    await logIn(one, url, { sub: "lea", sid: "l-1" });
    await logIn(two, url, { sub: "lea", sid: "l-1" });
    await logIn(other, url, { sub: "lea", sid: "l-2" });
    const answer = await frame(url, { iss: op.issuer, sid: "l-1" });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []]);
    expect([await isIn(one), await isIn(two), await isIn(other)]).toEqual([false, false, true]);
    expect((await frame(url, { iss: op.issuer, sid: "l-1" })).status).toBe(200);
  });

  test("strangers who make sessions up have a few records written, not as many as they like", async () => {
    const url = mount(front);
    const marks = async (): Promise<number> =>
      (await rp.store.scan("oidc:over:", null, 1_000)).records.length;
    const before = await marks();
    for (let at = 0; at < 60; at++) {
      expect((await frame(url, { iss: op.issuer, sid: `made-up-${at}` })).status).toBe(200);
    }
    expect(await marks()).toBe(before + 20);
    // What is known ends none the less, and a login with an ID token from before comes to nothing.
    const [one, two] = browsers();
    await logIn(one, url, { sub: "lou", sid: "lou-1" });
    expect((await frame(url, { iss: op.issuer, sid: "lou-1" })).status).toBe(200);
    await logIn(two, url, { sub: "lou", sid: "lou-1" });
    expect([await isIn(one), await isIn(two)]).toEqual([false, false]);
  });

  test("its page may be framed by the provider, and by nobody else", async () => {
    const url = mount(front);
    const policy = async (): Promise<string | null> => {
      const { headers } = await frame(url, { iss: op.issuer, sid: "any" });
      expect(headers.get("x-frame-options")).toBeNull();
      expect(headers.get("cache-control")).toBe("no-store");
      return headers.get("content-security-policy");
    };
    expect(await policy()).toBe(`default-src 'none'; frame-ancestors ${op.issuer}`);
    const elsewhere = mount(front);
    op.lies = { metadata: { end_session_endpoint: "https://out.op.example/logout" } };
    const { headers } = await frame(elsewhere, { iss: op.issuer, sid: "any" });
    expect(headers.get("content-security-policy")).toContain(
      `frame-ancestors ${op.issuer} https://out.op.example`,
    );
    // The login's own pages still can't be framed.
    op.lies = {};
    const page = await frame(url, { error: "access_denied", state: "x" });
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });

  test.each<[string, (iss: string) => string]>([
    ["another issuer", () => "iss=https%3A%2F%2Fevil.example&sid=m-1"],
    ["no issuer", () => "sid=m-1"],
    ["two issuers", (iss) => `iss=${iss}&iss=${iss}&sid=m-1`],
    ["two sessions", (iss) => `iss=${iss}&sid=m-1&sid=m-1`],
    ["an empty sid", (iss) => `iss=${iss}&sid=`],
    ["a long sid", (iss) => `iss=${iss}&sid=${"m".repeat(513)}`],
  ])("%s ends nothing", async (_, query) => {
    const url = mount(front);
    const [one] = browsers();
    await logIn(one, url, { sub: "mia", sid: "m-1" });
    const answer = await new Browser().send(`${url}?${query(encodeURIComponent(op.issuer))}`);
    expect([answer.status, await isIn(one)]).toEqual([400, true]);
    expect(rp.faults.splice(0)).toMatchObject([{ code: "ERR_PROVIDER_ANSWER" }]);
  });

  test("a login under way ends without a session", async () => {
    const url: string = mount({
      ...front,
      async user(claims) {
        expect((await frame(url, { iss: op.issuer, sid: "n-1" })).status).toBe(200);
        return claims;
      },
    });
    const [one] = browsers();
    await logIn(one, url, { sub: "nat", sid: "n-1" });
    expect(await isIn(one)).toBe(false);
  });

  test("each kind of logout is on only where it is asked for", async () => {
    const [back, framed] = [mount(), mount(front)];
    const [one] = browsers();
    await logIn(one, back, { sub: "ora", sid: "o-1" });
    // It is a visitor who comes to log in.
    expect((await frame(back, { iss: op.issuer, sid: "o-1" })).status).toBe(303);
    expect(await tell(framed, { sid: "o-1" })).toBe(403);
    expect(await isIn(one)).toBe(true);
  });

  test("a store that fails is not a logout", async () => {
    const url = mount(front);
    const [one] = browsers();
    await logIn(one, url, { sub: "pia", sid: "p-1" });
    rp.stuck = true;
    expect((await frame(url, { iss: op.issuer, sid: "p-1" })).status).toBe(503);
    rp.stuck = false;
    expect(rp.faults.splice(0)).toHaveLength(1);
    expect((await frame(url, { iss: op.issuer, sid: "p-1" })).status).toBe(200);
    expect(await isIn(one)).toBe(false);
  });
});
