import { describe, expect, it } from "vitest";
import { deferred } from "./deferred.ts";
import { testApp } from "./test-app.ts";

const NAME = "__Host-sid";
const ended = { code: "ERR_SESSION_ENDED" };

describe("a logout", () => {
  it("ends the session and removes the cookie", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    const cookie = browser.jar.get(NAME);
    await browser.visit(async (session) => {
      await session.logout();
      expect([session.id, session.user, session.mfa]).toEqual([null, null, false]);
      expect(session.data).toEqual({});
    });
    expect(browser.setCookies()).toEqual([
      "__Host-sid=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
    ]);
    expect(app.store.records.size).toBe(0);
    const copy = app.browser({ cookie: `${NAME}=${cookie}` });
    expect(await copy.visit((session) => session.user)).toBeNull();
  });

  it("row 12: of an anonymous visitor is no store call and no cookie", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.logout());
    expect(app.store.calls).toEqual([]);
    expect(browser.setCookies()).toEqual([]);
  });

  it("twice, at once and one after the other, is one logout", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    app.store.calls.length = 0;
    await browser.visit(async (session) => {
      await Promise.all([session.logout(), session.logout()]);
      await session.logout();
    });
    expect(app.store.calls.filter((call) => call.startsWith("delete"))).toHaveLength(1);
  });

  it("and a login in one request: the next session has nothing of the last", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit(async (session) => {
      session.data["a"] = 1;
      await session.login({ id: "ann" });
    });
    await browser.visit(async (session) => {
      const { id } = session;
      await session.logout();
      session.data["b"] = 2;
      await session.login({ id: "ann" });
      expect(session.id).not.toBe(id);
    });
    expect(await browser.visit((session) => [session.user, session.data])).toEqual([
      { id: "ann" },
      { b: 2 },
    ]);
    expect(browser.setCookies()).toEqual([]);
  });
});

describe("row 2: a logout while a save is in flight", () => {
  it("of a request that hasn't saved yet: nothing is written, the session stays dead", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    const slow = await browser.open();
    const stale = app.browser({ cookie: `${NAME}=${browser.jar.get(NAME)}` });
    await browser.visit((session) => session.logout());
    slow.session.data["late"] = 1;
    await expect(slow.session.save()).rejects.toMatchObject(ended);
    await expect(slow.session.update("late", () => 1)).rejects.toMatchObject(ended);
    await expect(slow.finish()).rejects.toMatchObject(ended);
    expect(slow.exchange.setCookies).toEqual([]);
    expect(app.store.records.size).toBe(0);
    expect(await stale.visit((session) => session.user)).toBeNull();
  });

  it.each([["replace"], ["touch"], ["get"]])(
    "of a request that waits before or after its %s",
    async (held) => {
      for (const moment of ["before", "after"] as const) {
        const app = testApp();
        const browser = app.browser();
        await browser.visit((session) => session.login({ id: "ann" }));
        app.advance(3_600_000);
        const gate = deferred();
        app.store[moment] = (call) => (call === held ? gate.promise : Promise.resolve());
        const slow = (async () => {
          const { session, finish } = await browser.open();
          if (held !== "touch") session.data["late"] = 1;
          await finish();
        })();
        slow.catch(() => {});
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
        app.store[moment] = async () => {};
        const [session] = await app.sessions.list("ann");
        expect(await app.sessions.revoke("ann", session?.id ?? "")).toBe(true);
        gate.resolve();
        await slow.catch(() => {});
        expect(app.store.records.has(`session:${session?.id}`)).toBe(false);
        expect(await browser.visit((next) => next.user)).toBeNull();
      }
    },
  );

  it("in the same request: the first save has made the record, the logout ends it", async () => {
    const app = testApp();
    app.store.before = () => new Promise(setImmediate);
    const browser = app.browser();
    await browser.visit(async (session) => {
      session.data["a"] = 1;
      const saving = session.save();
      await session.logout();
      await saving;
    });
    expect(app.store.records.size).toBe(0);
    expect(browser.jar.size).toBe(0);
  });

  it("a logout that fails says so, and the session is still there", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    const { session } = await browser.open();
    app.store.before = () => Promise.reject(new Error("away"));
    await expect(session.logout()).rejects.toThrow("away");
    app.store.before = async () => {};
    expect(await browser.visit((next) => next.user)).toEqual({ id: "ann" });
    await session.logout();
    expect(app.store.records.size).toBe(0);
  });

  it("1,000 logouts against 10 slow writers each: 0 revivals", async () => {
    let revived = 0;
    for (let round = 0; round < 1_000; round++) {
      const app = testApp();
      const pause = (): Promise<void> =>
        Math.random() < 0.5 ? Promise.resolve() : new Promise(setImmediate);
      app.store.before = pause;
      app.store.after = pause;
      const browser = app.browser();
      await browser.visit((session) => session.login({ id: "ann" }));
      app.advance(3_600_000);
      const requests = await Promise.all(
        Array.from({ length: 11 }, () => browser.open({ sessions: app.another() })),
      );
      const work = requests.map(async ({ session, finish }, index) => {
        if (index === 5) await session.logout();
        else session.data[`key${index}`] = 1;
        await finish();
      });
      await Promise.allSettled(work);
      const again = await app.browser({ cookie: `${NAME}=${browser.jar.get(NAME)}` }).open();
      if (again.session.user !== null || app.store.records.size > 0) revived += 1;
    }
    expect(revived).toBe(0);
  }, 60_000);
});
