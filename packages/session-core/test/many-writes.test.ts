// Several writes: of one request, after its response has begun, and beside others that never pause.

import { describe, expect, it, vi } from "vitest";
import { deferred } from "./deferred.ts";
import { loggedIn } from "./logged-in.ts";
import { testApp } from "./test-app.ts";

describe("several writes of one request at once", () => {
  it("the first ones make one record, and none is lost", async () => {
    const app = testApp();
    app.store.before = () => new Promise(setImmediate);
    const browser = app.browser();
    await browser.visit(async (session) => {
      session.data["set"] = 1;
      await Promise.all([
        session.update("a", () => 1),
        session.save(),
        session.update("b", () => 2),
      ]);
    });
    expect(app.store.records.size).toBe(1);
    expect(await browser.visit((session) => session.data)).toEqual({ set: 1, a: 1, b: 2 });
  });

  it("the end of the request waits for those that nobody waited for", async () => {
    const app = testApp();
    app.store.before = () => new Promise(setImmediate);
    const browser = app.browser();
    await browser.visit((session) => {
      session.update("a", () => 1).catch(() => {});
      expect(session.needsCommit()).toBe(true);
    });
    expect(await browser.visit((session) => session.data["a"])).toBe(1);
  });

  it("a save that is in flight isn't repeated over what another request wrote since", async () => {
    const { app, browser } = await loggedIn();
    const { session, finish } = await browser.open();
    session.data["key"] = "mine";
    const gate = deferred();
    app.store.after = () => gate.promise;
    const saving = session.save();
    await new Promise(setImmediate);
    app.store.after = async () => {};
    const finishing = finish();
    gate.resolve();
    await saving;
    await browser.visit((other) => other.update("key", () => "theirs"));
    await finishing;
    expect(await browser.visit((next) => next.data["key"])).toBe("theirs");
  });

  it("a failed one doesn't stop the next", async () => {
    const { app, browser } = await loggedIn();
    await browser.visit(async (session) => {
      app.store.before = async (call) => {
        if (call === "replace") throw new Error("away");
      };
      await expect(session.update("a", () => 1)).rejects.toThrow("away");
      app.store.before = async () => {};
      await session.update("a", () => 2);
    });
    expect(await browser.visit((session) => session.data["a"])).toBe(2);
  });
});

describe("after the response has begun", () => {
  it("a session that the browser knows can still be written", async () => {
    const { browser } = await loggedIn();
    const { session, finish } = await browser.open();
    await finish();
    session.data["late"] = 1;
    expect(session.needsCommit()).toBe(true);
    await session.commit();
    expect(await browser.visit((next) => next.data["late"])).toBe(1);
  });

  it("what would need a cookie is refused, and nothing is stored", async () => {
    const app = testApp();
    const { session, finish, exchange } = await app.browser().open();
    await finish();
    session.data["late"] = 1;
    const late = { code: "ERR_SESSION_LATE" };
    await expect(session.save()).rejects.toMatchObject(late);
    await expect(session.update("a", () => 1)).rejects.toMatchObject(late);
    await expect(session.login({ id: "ann" })).rejects.toMatchObject(late);
    expect(app.store.records.size).toBe(0);
    expect(exchange.setCookies).toEqual([]);
  });

  it("a login is refused and leaves the session as it was; a logout is done, without a cookie", async () => {
    const { app, browser } = await loggedIn();
    const { session, finish, exchange } = await browser.open();
    await finish();
    await expect(session.login({ id: "bob" })).rejects.toMatchObject({ code: "ERR_SESSION_LATE" });
    expect(await browser.visit((next) => next.user)).toEqual({ id: "ann" });
    await session.logout();
    expect(session.needsCommit()).toBe(false);
    await session.commit();
    expect(exchange.setCookies).toEqual([]);
    expect(app.store.records.size).toBe(0);
  });
});

describe("a store that is written without pause by others", () => {
  it("the write gives up with ERR_SESSION_CONFLICT instead of trying for ever", async () => {
    const { app, browser } = await loggedIn();
    const { session } = await browser.open();
    app.store.replace = async (next) => {
      const record = app.store.records.get(next.id);
      if (record) record.version += 1;
      return false;
    };
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    await expect(session.update("a", () => 1)).rejects.toMatchObject({
      code: "ERR_SESSION_CONFLICT",
    });
    random.mockRestore();
  });

  it("a random source that repeats itself is refused", async () => {
    const app = testApp({ randomBytes: (size) => new Uint8Array(size) });
    await app.browser().visit((session) => session.login({ id: "ann" }));
    await expect(
      app.browser().visit((session) => session.login({ id: "bob" })),
    ).rejects.toMatchObject({ code: "ERR_SESSION_CONFLICT" });
  });
});
