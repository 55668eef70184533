// A backend may take several spellings for one account, and two accounts may look like spellings of
// one: guesses at all of them count together, and only its own login clears what a spelling counted.

import { expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { ThrottleOptions } from "../src/throttle.ts";
import { passwordMethod } from "./password-method.ts";
import { type Browser, type Data, json, SECOND, testApp, type User } from "./test-app.ts";

const fold = (name: string): string => name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function app(throttle: ThrottleOptions | false = {}) {
  const own = testApp();
  const method = { ...passwordMethod(), alike: fold };
  const flow = createLoginFlow<User, Data>(own.context, method, { delay: "1ms", throttle });
  /** The status of the answer. */
  async function tryLogin(user: string, password: string, ip = "192.0.2.1"): Promise<number> {
    const init = { method: "POST", headers: json, ip, body: { user, password } };
    return (await own.browser().send(flow, init)).status;
  }
  async function inBrowser(browser: Browser, user: string, password: string): Promise<number> {
    return (await browser.submit(flow, { user, password })).status;
  }
  return { ...own, method, tryLogin, inBrowser };
}

test("all spellings together have five failures from one network", async () => {
  const { tryLogin } = app();
  for (const name of ["alice", "ALICE", "Alice", "alíce", "aLice"]) {
    expect(await tryLogin(name, "wrong")).toBe(401);
  }
  for (const name of ["alice", "alicE"]) expect(await tryLogin(name, "right")).toBe(429);
  expect(await tryLogin("bob", "right")).toBe(200);
});

test("and a hundred from everywhere", async () => {
  const { tryLogin } = app({ perAccount: 10 });
  for (let n = 0; n < 10; n++) {
    expect(await tryLogin(n % 2 ? "alice" : "Alice", "wrong", `198.51.100.${n}`)).toBe(401);
  }
  expect(await tryLogin("ALICE", "right", "198.51.100.99")).toBe(429);
});

test("whoever's name looks alike buys no guesses by logging in", async () => {
  for (const [perAccountAndNetwork, perAccount] of [
    [5, Infinity],
    [Infinity, 5],
  ] as const) {
    const { tryLogin } = app({ perAccountAndNetwork, perAccount });
    const answers: number[] = [];
    for (let n = 0; n < 8; n++) {
      if (n < 5) {
        // Failures of one's own first, so that there is something to clear.
        if (n === 0) expect(await tryLogin("muller", "wrong")).toBe(401);
        expect(await tryLogin("muller", "right")).toBe(200);
      }
      answers.push(await tryLogin("müller", "wrong"));
    }
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  }
});

test("nor becomes a known browser of the other", async () => {
  const { browser, inBrowser, tryLogin } = app();
  const his = browser();
  expect(await inBrowser(his, "muller", "right")).toBe(303);
  for (let n = 0; n < 5; n++) expect(await tryLogin("müller", "wrong")).toBe(401);
  expect(await inBrowser(his, "müller", "right")).toBe(429);
  expect(await inBrowser(his, "muller", "right")).toBe(303);
  expect(await inBrowser(his, "müller", "right")).toBe(429);
});

test("an account's own login clears its own failures, as often as it likes", async () => {
  const { tryLogin, advance } = app();
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 4; n++) expect(await tryLogin("alice", "wrong")).toBe(401);
    expect(await tryLogin("alice", "right")).toBe(200);
  }
  for (let n = 0; n < 3; n++) expect(await tryLogin("Alice", "wrong")).toBe(401);
  for (let n = 0; n < 2; n++) expect(await tryLogin("alice", "wrong")).toBe(401);
  expect(await tryLogin("alice", "right")).toBe(429);
  advance(SECOND);
  expect(await tryLogin("alice", "right")).toBe(200);
  // Three of the other spelling are left.
  for (let n = 0; n < 2; n++) expect(await tryLogin("alice", "wrong")).toBe(401);
  expect(await tryLogin("alice", "right")).toBe(429);
});

test("fifty guesses at once, each spelled differently: five reach the method", async () => {
  const { tryLogin, method } = app();
  const spellings = Array.from({ length: 50 }, (_, n) =>
    [..."bernard"].map((char, bit) => ((n >> bit) & 1 ? char.toUpperCase() : char)).join(""),
  );
  const answers = await Promise.all(spellings.map((name) => tryLogin(name, "wrong")));
  expect(answers.filter((status) => status === 401)).toHaveLength(5);
  expect(method.tries).toHaveLength(5);
});

test("of two logins at once that clear the same failures one takes them back", async () => {
  const { tryLogin, store } = app({ perAccountAndNetwork: Infinity });
  const { get } = store;
  let reads = 0;
  Object.assign(store, {
    async get(id: string) {
      const record = await get(id);
      await new Promise((resolve) => setTimeout(resolve, 1 + 5 * (reads++ % 7)));
      return record;
    },
  });
  for (let n = 0; n < 3; n++) await tryLogin("muller", "wrong");
  for (let n = 0; n < 5; n++) await tryLogin("müller", "wrong");
  const networks = Array.from({ length: 20 }, (_, n) => `203.0.113.${n}`);
  await Promise.all(networks.map((ip) => tryLogin("muller", "right", ip)));
  const { records } = await store.scan("throttle:password:account:", null, 100);
  const counts = records.map(({ data }) => JSON.parse(data).count);
  // Both together, and each spelling.
  expect(counts.sort()).toEqual([0, 5, 5]);
});

test("what was typed is what the application is told", async () => {
  const told: unknown[] = [];
  const own = testApp({ onEvent: (event) => void told.push(event) });
  const flow = createLoginFlow<User, Data>(
    own.context,
    { ...passwordMethod(), alike: fold },
    { delay: "1ms" },
  );
  const body = { user: "ALICE", password: "wrong" };
  await own.browser().send(flow, { method: "POST", headers: json, body });
  expect(told).toEqual([expect.objectContaining({ account: "ALICE" })]);
});
