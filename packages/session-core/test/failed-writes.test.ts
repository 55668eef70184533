// After the store has failed a write, the end of the request asks it for no more of the same.

import { beforeEach, describe, expect, it } from "vitest";
import { StoreError } from "../src/store.ts";
import { type Browser, MINUTE, type TestApp, type TestSession, testApp } from "./test-app.ts";

let app: TestApp;
let browser: Browser;
beforeEach(async () => {
  app = testApp();
  browser = app.browser();
  await browser.visit((session) => session.login({ id: "ann" }));
  app.advance(5 * MINUTE); // The next visit is to be recorded.
});

function fail(): StoreError {
  const error = new StoreError("ERR_STORE_UNAVAILABLE", "away");
  app.store.before = async (call) => {
    if (call !== "get") throw error;
  };
  return error;
}
function mend(): void {
  app.store.before = async () => {};
}
/** What is asked of the store from now on. */
function count(): () => string[] {
  const before = app.store.calls.length;
  return () => app.store.calls.slice(before).map((call) => call.split(" ")[0] ?? "");
}

const writes: [what: string, write: (session: TestSession) => Promise<unknown>][] = [
  ["save", (session) => session.save()],
  ["update", (session) => session.update("m", () => 1)],
  ["login", (session) => session.login({ id: "ann" })],
  ["logout", (session) => session.logout()],
];

describe.each(writes)("%s", (_what, write) => {
  it("that failed is what the commit fails with, without asking once more", async () => {
    const { session, finish } = await browser.open();
    session.data["n"] = 1;
    const error = fail();
    await expect(write(session)).rejects.toBe(error);
    const calls = count();
    expect(session.needsCommit()).toBe(true);
    await expect(finish()).rejects.toBe(error);
    await expect(finish()).rejects.toBe(error);
    expect(calls()).toEqual([]);
  });

  it("that succeeds after it failed leaves the commit nothing to fail with", async () => {
    const { session, finish } = await browser.open();
    session.data["n"] = 1;
    fail();
    await expect(write(session)).rejects.toThrow("away");
    mend();
    await write(session);
    await finish();
  });
});

it("a change after a failed save is written, with what had failed", async () => {
  const { session, finish } = await browser.open();
  session.data["n"] = 1;
  fail();
  await expect(session.save()).rejects.toThrow("away");
  mend();
  session.data["m"] = 2;
  await finish();
  expect(await browser.visit(({ data }) => data)).toEqual({ n: 1, m: 2 });
});

it("a change that was taken back after its save failed is nothing to fail with", async () => {
  const { session, finish } = await browser.open();
  session.data["n"] = 1;
  fail();
  await expect(session.save()).rejects.toThrow("away");
  delete session.data["n"];
  await finish();
});

it("the first write of a new visitor is not tried again either", async () => {
  const { session, finish } = await app.browser().open();
  session.data["n"] = 1;
  const error = fail();
  await expect(session.save()).rejects.toBe(error);
  await expect(finish()).rejects.toBe(error);
  expect(app.store.calls.filter((call) => call.startsWith("create"))).toHaveLength(2);
});

it("no visit is recorded where a write failed: that could take as long once more", async () => {
  const { session, finish } = await browser.open();
  fail();
  await expect(session.update("n", () => 1)).rejects.toThrow("away");
  const calls = count();
  await finish();
  expect(calls()).toEqual([]);
  mend();
  await browser.visit();
  expect(calls()).toEqual(["get", "touch"]);
});

it("a failed commit is not tried again by the commit of the error page", async () => {
  const { session, finish } = await browser.open();
  session.data["n"] = 1;
  const error = fail();
  const calls = count();
  await expect(finish()).rejects.toBe(error);
  await expect(finish()).rejects.toBe(error);
  expect(calls()).toEqual(["replace"]);
});
