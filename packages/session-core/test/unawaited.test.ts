// What a handler began and did not wait for is part of the commit all the same.

import { expect, it } from "vitest";
import { testApp } from "./test-app.ts";

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
