// What a handler began and did not wait for is part of the commit all the same.

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { deferred } from "./deferred.ts";
import { type TestSession, testApp } from "./test-app.ts";

const away = async (call: string): Promise<void> => {
  if (call !== "get") throw new Error("away");
};

it("a logout that nobody waited for, and that fails, fails the commit", async () => {
  const app = testApp();
  const browser = app.browser();
  await browser.visit((session) => session.login({ id: "ann" }));
  app.store.before = away;
  const { session, finish } = await browser.open();
  void session.logout();
  await expect(finish()).rejects.toThrow("away");
});

it("a login that nobody waited for, and that fails, fails the commit, not the process", async () => {
  const app = testApp();
  app.store.before = away;
  const { session, finish } = await app.browser().open();
  void session.login({ id: "ann" });
  await expect(finish()).rejects.toThrow("away");
  void session.login({ id: "" });
  await expect(finish()).rejects.toThrow(/^login needs a user/);
});

it("a promise of update's function that rejects is dealt with by the refusal of it", async () => {
  const { session } = await testApp().browser().open();
  const late = async (): Promise<number> => {
    throw new Error("of the function");
  };
  await expect(session.update("n", late)).rejects.toThrow(/^update's function must return/);
});

it("an update that nobody waited for, and that fails, fails the commit; a good one is stored", async () => {
  const app = testApp();
  const browser = app.browser();
  await browser.visit((session) => session.login({ id: "ann" }));
  await browser.visit((session) => void session.update("n", () => 1));
  expect(await browser.visit((session) => session.data["n"])).toBe(1);
  app.store.before = away;
  const { session, finish } = await browser.open();
  void session.update("n", () => 2);
  await expect(finish()).rejects.toThrow("away");
});

it("a failure that the handler has dealt with does not fail the commit", async () => {
  const app = testApp();
  const browser = app.browser();
  await browser.visit((session) => session.login({ id: "ann" }));
  app.store.before = away;
  const { session, finish } = await browser.open();
  await expect(session.logout()).rejects.toThrow("away");
  await finish();
});

const writes: [what: string, write: (session: TestSession) => Promise<unknown>][] = [
  ["update", (session) => session.update("n", () => 1)],
  ["login", (session) => session.login({ id: "ann" })],
  ["logout", (session) => session.logout()],
  ["a wrong login", (session) => session.login({ id: "" })],
  [
    "an update that throws",
    (session) =>
      session.update("n", () => {
        throw new Error("away");
      }),
  ],
];

describe.each(writes)("%s that has failed before the end of the request", (_what, write) => {
  async function failing() {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    app.store.before = away;
    const { session, finish } = await browser.open();
    expect(session.needsCommit()).toBe(false);
    return { session, finish, app };
  }
  const message = /away|^login needs/;

  it("fails the commit once if nobody waited for it; the error page has one to itself", async () => {
    const { session, finish } = await failing();
    void write(session);
    await sleep(5);
    expect(session.needsCommit()).toBe(true);
    await expect(finish()).rejects.toThrow(message);
    expect(session.needsCommit()).toBe(false);
    await finish();
  });

  const dealtWith: [how: string, deal: (promise: Promise<unknown>) => unknown][] = [
    ["caught", (promise) => promise.catch(() => {})],
    ["caught by then", (promise) => promise.then(null, () => {})],
    [
      "awaited",
      async (promise) => {
        try {
          await promise;
        } catch {}
      },
    ],
    ["handed on by an async function", (promise) => (async () => promise)().catch(() => {})],
    ["one of Promise.all", (promise) => Promise.all([promise, sleep(1)]).catch(() => {})],
    ["one of Promise.allSettled", (promise) => Promise.allSettled([promise])],
    ["finally caught", (promise) => promise.finally(() => {}).catch(() => {})],
  ];
  it.each(dealtWith)("is the handler's own affair if it was %s", async (_how, deal) => {
    const { session, finish } = await failing();
    void deal(write(session));
    await sleep(5);
    expect(session.needsCommit()).toBe(false);
    await finish();
  });

  it("is so, too, if the handler comes to it only after it has failed", async () => {
    const { session, finish } = await failing();
    const promise = write(session);
    await sleep(5);
    await expect(promise).rejects.toThrow(message);
    await finish();
  });
});

it("one that is caught fails no commit either while it is under way, but is waited for", async () => {
  const app = testApp();
  const browser = app.browser();
  await browser.visit((session) => session.login({ id: "ann" }));
  const { session, finish } = await browser.open();
  const answer = deferred<void>();
  app.store.before = () => answer.promise;
  const heard: unknown[] = [];
  session.update("n", () => 1).catch((error: unknown) => heard.push(error));
  const finished = finish();
  answer.reject(new Error("away"));
  await finished;
  expect(heard).toEqual([new Error("away")]);
});

it("what fails while the commit is under way fails it, too", async () => {
  const app = testApp();
  const browser = app.browser();
  await browser.visit((session) => session.login({ id: "ann" }));
  const { session, finish } = await browser.open();
  session.data["n"] = 1;
  const finished = finish();
  void session.update("n", () => {
    throw new Error("away");
  });
  await expect(finished).rejects.toThrow("away");
});

it("of several failures one is told, and none is left for later", async () => {
  const app = testApp();
  app.store.before = away;
  const { session, finish } = await app.browser().open();
  for (const key of ["a", "b", "c"]) void session.update(key, () => 1);
  await sleep(5);
  await expect(finish()).rejects.toThrow("away");
  await finish();
});

it("what a write answers is a plain promise from the first `then` on", async () => {
  const { session } = await testApp().browser().open();
  const promise = session.update("n", () => 1);
  expect(promise).toBeInstanceOf(Promise);
  expect(promise.then().constructor).toBe(Promise);
  expect(promise.finally(() => {}).constructor).toBe(Promise);
  expect(await promise).toBe(1);
});
