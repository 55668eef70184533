// F4: whatever strangers do to an account, its owner gets in where they logged in before.

import { describe, expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { ThrottleOptions } from "../src/throttle.ts";
import { passwordMethod, right, wrong } from "./password-method.ts";
import { type Browser, DAY, type Data, json, START, testApp, type User } from "./test-app.ts";

const COOKIE = "__Host-latchkey-known";

function app(throttle: ThrottleOptions = {}) {
  const own = testApp();
  const method = passwordMethod();
  const flowOf = () => createLoginFlow<User, Data>(own.context, method, { delay: "1ms", throttle });
  const [flow, elsewhere] = [flowOf(), flowOf()];
  const submit = async (who: Browser, body: Record<string, string>, ip = "192.0.2.1") =>
    (await who.submit(flow, body, { ip })).status;
  /** Strangers fail at an account until it pauses for everyone. */
  const attack = async (user = "alice"): Promise<void> => {
    for (let n = 0; n < 5; n++) {
      const init = {
        method: "POST",
        headers: json,
        ip: `198.51.100.${n}`,
        body: { ...wrong, user },
      };
      await own.browser().send(flow, init);
    }
  };
  const records = async (prefix: string) => (await own.store.scan(prefix, null, 100)).records;
  return { ...own, flow, elsewhere, submit, attack, records };
}

describe("while strangers keep an account paused for everyone", () => {
  const limits = { perAccount: 5 };

  test("its owner logs in from a browser that did before, and nobody else", async () => {
    const { browser, submit, attack } = app(limits);
    const mine = browser();
    expect(await submit(mine, right)).toBe(303);
    await attack();
    expect(await submit(browser(), right)).toBe(429);
    expect(await submit(mine, right, "203.0.113.9")).toBe(303);
  });

  test("also at another process", async () => {
    const { browser, submit, attack, elsewhere } = app(limits);
    const mine = browser();
    await submit(mine, right);
    await attack();
    expect((await mine.submit(elsewhere, right)).status).toBe(303);
  });

  test("also after a logout, and with a JSON body", async () => {
    const { browser, submit, attack, flow } = app(limits);
    const mine = browser();
    await submit(mine, right);
    mine.jar.delete("__Host-sid");
    await attack();
    const post = { method: "POST", headers: json, body: right };
    expect((await mine.send(flow, post)).status).toBe(200);
  });

  test("having logged in to another account helps nobody", async () => {
    const { browser, submit, attack } = app(limits);
    const eve = browser();
    await submit(eve, { ...right, user: "eve" });
    await attack();
    expect(await submit(eve, right)).toBe(429);
  });

  test.each([
    ["made up", "A".repeat(32)],
    ["garbage", "%00 ../x"],
    ["empty", ""],
    ["a prototype's", "__proto__"],
  ])("a cookie that is %s helps nobody", async (_name, value) => {
    const { browser, submit, attack } = app(limits);
    await attack();
    const eve = browser();
    eve.jar.set(COOKIE, value);
    expect(await submit(eve, right)).toBe(429);
  });

  test("two accounts in one browser are both known", async () => {
    const { browser, submit, attack } = app(limits);
    const mine = browser();
    await submit(mine, right);
    await submit(mine, { ...right, user: "bob" });
    await attack("alice");
    await attack("bob");
    expect(await submit(mine, right)).toBe(303);
    expect(await submit(mine, { ...right, user: "bob" })).toBe(303);
  });

  test("it is forgotten 180 days after its last use", async () => {
    const { browser, submit, attack, advance } = app(limits);
    const mine = browser();
    await submit(mine, right);
    advance(179 * DAY);
    await submit(mine, right);
    advance(179 * DAY);
    await attack();
    expect(await submit(mine, right)).toBe(303);
    advance(181 * DAY);
    await attack();
    expect(await submit(mine, right)).toBe(429);
  });
});

test("neither a stranger on the same network keeps the owner out, nor one who tries all accounts", async () => {
  const { browser, submit } = app({ perAccountAndNetwork: 3, perNetwork: 5 });
  const mine = browser();
  await submit(mine, right);
  for (let n = 0; n < 3; n++) expect(await submit(browser(), wrong)).toBe(401);
  expect(await submit(browser(), right)).toBe(429);
  for (let n = 0; n < 2; n++) await submit(browser(), { ...wrong, user: `user${n}` });
  expect(await submit(browser(), { ...right, user: "bob" })).toBe(429);
  expect(await submit(mine, right)).toBe(303);
});

test("whoever takes the browser has no more guesses than anybody", async () => {
  const { browser, submit, advance } = app({ perAccountAndNetwork: 3 });
  const mine = browser();
  await submit(mine, right);
  const answers = [];
  for (let n = 0; n < 5; n++) answers.push(await submit(mine, wrong, `203.0.113.${n}`));
  expect(answers).toEqual([401, 401, 401, 429, 429]);
  // The owner elsewhere is not paused by it.
  expect(await submit(browser(), right)).toBe(303);
  advance(1_000);
  expect(await submit(mine, right)).toBe(303);
  expect(await submit(mine, wrong)).toBe(401);
});

describe("the cookie", () => {
  test("is a random number that logs nobody in; the store holds only hashes", async () => {
    const { browser, submit, flow, records } = app();
    const mine = browser();
    await submit(mine, right);
    const nonce = mine.jar.get(COOKIE) ?? "";
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{32}$/);
    const kept = JSON.stringify(await records("known:"));
    expect(kept).not.toContain(nonce);
    expect(kept).not.toContain("alice");
    mine.jar.delete("__Host-sid");
    expect(await mine.user()).toBeNull();
    expect((await mine.view(flow)).error).toBeNull();
  });

  test("is sent only to this host, by pages of this site, and out of reach of scripts", async () => {
    const { browser, flow } = app();
    const mine = browser();
    const { csrf } = await mine.view(flow);
    const headers = { origin: "https://app.example" };
    const body = { ...right, [csrf.name]: csrf.value };
    const { written } = await lines(mine, flow, { method: "POST", headers, body });
    expect(written.find((line) => line.startsWith(COOKIE))).toMatch(
      /^__Host-latchkey-known=[\w-]{32}; Path=\/; Max-Age=15552000; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test("is written at the first login of an account, and renewed after a month", async () => {
    const { browser, flow, advance } = app();
    const mine = browser();
    const names = async () => (await mine.submit(flow, right)).setCookies;
    expect(await names()).toContain("latchkey-known");
    expect(await names()).not.toContain("latchkey-known");
    advance(31 * DAY);
    expect(await names()).toContain("latchkey-known");
  });

  test("is not given where nothing is ever paused", async () => {
    const { context, browser } = testApp();
    const flow = createLoginFlow<User, Data>(context, passwordMethod(), { throttle: false });
    expect((await browser().submit(flow, right)).setCookies).toEqual(["sid"]);
  });

  test("is not given to programs, nor after a failure", async () => {
    const { browser, flow, records } = app();
    const post = { method: "POST", headers: json, body: right };
    expect((await browser().send(flow, post)).setCookies).not.toContain("latchkey-known");
    const failed = await browser().submit(flow, wrong);
    expect(failed.setCookies).not.toContain("latchkey-known");
    expect(await records("known:")).toEqual([]);
  });
});

test("of one account, the twenty browsers used last are known", async () => {
  const { browser, submit, records, advance } = app();
  for (let n = 0; n < 25; n++) {
    await submit(browser(), right);
    advance(1_000);
  }
  const times = (await records("known:")).map(({ createdAt }) => (createdAt - START) / 1_000);
  expect(times.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 5));
});

/** Sends one request, and tells which cookies were written, with their attributes. */
async function lines(
  who: Browser,
  flow: ReturnType<typeof createLoginFlow<User, Data>>,
  init: Parameters<Browser["send"]>[1],
): Promise<{ written: string[] }> {
  const written: string[] = [];
  await who.send(async (request) => {
    const { exchange } = request;
    const appendHeader = (name: string, value: string): void => {
      written.push(value);
      exchange.appendHeader(name, value);
    };
    return flow({ ...request, exchange: { ...exchange, appendHeader } });
  }, init);
  return { written };
}
