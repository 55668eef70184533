// Anybody can begin a login by a provider, and each is a record until its browser comes back: one network
// can't fill the store, nor keep those out who have logged in before.

import { expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginMethod } from "../src/login-method.ts";
import { view } from "./password-method.ts";
import { type Answer, type Browser, type Data, ORIGIN, testApp, type User } from "./test-app.ts";

const MOST = 500;
const ATTACKER = "192.0.2.7";

function app() {
  const own = testApp();
  let count = 0;
  const method: LoginMethod<User> = {
    name: "provider",
    account: () => null,
    async step({ url, recall }) {
      const state = url.searchParams.get("state");
      if (state === null) {
        const key = `state-${++count}`;
        const to = `https://idp.example/?state=${key}`;
        return { kind: "redirect", to, remember: { key, value: {} } };
      }
      if ((await recall(state)) === null) return { kind: "rejected", reason: "expired", view };
      const id = url.searchParams.get("as");
      if (id === null) return { kind: "rejected", reason: "forbidden", view: null };
      return { kind: "accepted", user: { id } };
    },
  };
  const flow = createLoginFlow<User, Data>(own.context, method);
  const begin = (who: Browser, ip: string): Promise<Answer> => who.send(flow, { ip });
  const end = (who: Browser, begun: Answer, as: string, ip: string): Promise<Answer> => {
    const state = new URL(begun.header("location") ?? "", ORIGIN).searchParams.get("state");
    return who.send(flow, { ip, url: `/login?state=${state}${as && `&as=${as}`}` });
  };
  /** Logins that are begun by browsers without cookies; how many were sent to the provider. */
  async function flood(times: number, ip: (n: number) => string): Promise<number> {
    const answers = await Promise.all(
      Array.from({ length: times }, (_, n) => begin(own.browser(), ip(n))),
    );
    return answers.filter(({ status }) => status === 303).length;
  }
  const records = async (): Promise<number> =>
    (await own.store.scan("", null, 10_000)).records.length;
  return { ...own, flow, begin, end, flood, records };
}

const one = (): string => ATTACKER;

test("a network has 500 under way, side by side or not, and what is refused writes nothing", async () => {
  const { flood, begin, browser, records, advance } = app();
  expect(await flood(MOST + 100, one)).toBe(MOST);
  const before = await records();
  const refused = await begin(browser(), ATTACKER);
  expect([refused.status, refused.header("retry-after")]).toEqual([429, "60"]);
  expect([refused.setCookies, refused.body.includes("<form")]).toEqual([[], false]);
  expect(await flood(100, one)).toBe(0);
  expect(await records()).toBe(before);
  // Everybody else goes on.
  expect((await begin(browser(), "192.0.2.8")).status).toBe(303);
  advance(600_000);
  expect((await begin(browser(), ATTACKER)).status).toBe(303);
});

test("an IPv6 customer has one network, and other logins count for themselves", async () => {
  const { flood, context, browser, begin } = app();
  expect(await flood(MOST + 20, (n) => `2001:db8:1:2::${n.toString(16)}`)).toBe(MOST);
  expect((await begin(browser(), "2001:db8:1:3::1")).status).toBe(303);
  const redirect = { kind: "redirect", to: "https://other.example/" } as const;
  const other = createLoginFlow<User, Data>(context, {
    name: "other",
    account: () => null,
    step: async () => ({ ...redirect, remember: { key: "other-1", value: {} } }),
  });
  expect((await browser().send(other, { ip: "2001:db8:1:2::1" })).status).toBe(303);
});

test("who comes back counts no more, whatever came of it: an office may be large", async () => {
  const { browser, begin, end } = app();
  for (let n = 0; n < MOST + 20; n++) {
    const mine = browser();
    const begun = await begin(mine, ATTACKER);
    expect(begun.status).toBe(303);
    // Some come back from elsewhere, such as a phone that leaves the house.
    await end(mine, begun, n % 2 ? `user-${n}` : "", n % 3 ? ATTACKER : "198.51.100.1");
  }
});

test("who is logged in, or has logged in by this browser before, is never refused for others", async () => {
  const { browser, begin, end, flood, sessions } = app();
  const [mine, stranger] = [browser(), browser()];
  await end(mine, await begin(mine, "198.51.100.1"), "ann", "198.51.100.1");
  await end(stranger, await begin(stranger, "198.51.100.2"), "", "198.51.100.2");
  expect(await flood(MOST, one)).toBe(MOST);
  expect((await begin(stranger, ATTACKER)).status).toBe(429);
  expect((await begin(mine, ATTACKER)).status).toBe(303);
  await sessions.revokeAll("ann");
  expect(await mine.user()).toBeNull();
  const begun = await begin(mine, ATTACKER);
  expect(begun.status).toBe(303);
  expect((await end(mine, begun, "ann", ATTACKER)).status).toBe(303);
});

test("neither is without a bound", async () => {
  const { browser, begin, end, flood, sessions } = app();
  const mine = browser();
  await end(mine, await begin(mine, ATTACKER), "ann", ATTACKER);
  const many = async (): Promise<number> => {
    const answers = await Promise.all(
      Array.from({ length: MOST + 20 }, () => begin(mine, ATTACKER)),
    );
    return answers.filter(({ status }) => status === 303).length;
  };
  expect(await many()).toBe(MOST);
  await sessions.revokeAll("ann");
  expect(await flood(MOST, one)).toBe(MOST);
  expect(await many()).toBe(MOST);
});
