// What counts as a change of `session.data`, and what of it is stored.

import { describe, expect, it } from "vitest";
import { deferred } from "./deferred.ts";
import { loggedIn } from "./logged-in.ts";

describe("session.data during a request", () => {
  it("stays the same object and sees the newest values after a save", async () => {
    const { browser } = await loggedIn();
    const { session, finish } = await browser.open();
    const { data } = session;
    data["mine"] = 1;
    await browser.visit((other) => {
      Object.assign(other.data, { theirs: 1, mine: 0 });
    });
    await session.save();
    expect(session.data).toBe(data);
    expect(data).toEqual({ mine: 1, theirs: 1 });
    await session.login({ id: "ann" });
    expect(session.data).toBe(data);
    await session.logout();
    expect(session.data).toBe(data);
    expect(data).toEqual({});
    data["after"] = 1;
    await finish();
    expect(await browser.visit((next) => next.data)).toEqual({ after: 1 });
  });

  const meanwhile: [string, unknown, unknown][] = [
    ["to something else", 3, 3],
    ["back to what it was", 1, 1],
    ["away", undefined, undefined],
  ];
  it.each(meanwhile)(
    "a key that is changed %s while its save is in flight",
    async (_, value, kept) => {
      const { app, browser } = await loggedIn();
      await browser.visit((session) => {
        session.data["key"] = 1;
      });
      const { session, finish } = await browser.open();
      session.data["key"] = 2;
      const gate = deferred();
      app.store.after = () => gate.promise;
      const saving = session.save();
      await new Promise(setImmediate);
      session.data["key"] = value;
      gate.resolve();
      await saving;
      expect(session.data["key"]).toEqual(value);
      await finish();
      expect(await browser.visit((next) => next.data["key"])).toEqual(kept);
    },
  );

  it("a key that was deleted, and is set again while the save is in flight", async () => {
    const { app, browser } = await loggedIn();
    await browser.visit((session) => {
      session.data["key"] = 1;
    });
    const { session, finish } = await browser.open();
    delete session.data["key"];
    const gate = deferred();
    app.store.after = () => gate.promise;
    const saving = session.save();
    await new Promise(setImmediate);
    session.data["key"] = 1;
    gate.resolve();
    await saving;
    await finish();
    expect(await browser.visit((next) => next.data["key"])).toBe(1);
  });
});
