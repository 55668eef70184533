import { describe, expect, it } from "vitest";
import { deferred } from "./deferred.ts";
import { HOUR, MINUTE, testApp } from "./test-app.ts";

const NAME = "__Host-sid";
const ended = { code: "ERR_SESSION_ENDED" };

describe("S8: no record until something is written", () => {
  it("the first write makes the record and the cookie", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit();
    expect(app.store.records.size).toBe(0);
    await browser.visit((session) => {
      session.data["a"] = 1;
      expect(session.id).toBeNull();
    });
    expect(app.store.records.size).toBe(1);
    expect(browser.setCookies()).toEqual([
      expect.stringMatching(
        /^__Host-sid=[\w-]{24}\.1\.[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    await browser.visit((session) => {
      session.data["a"] = 2;
    });
    expect(browser.setCookies()).toEqual([]);
  });
});

describe("S8: a login", () => {
  it("row 1: a planted cookie is replaced; whoever planted it is not logged in", async () => {
    const app = testApp();
    const [attacker, victim] = [app.browser(), app.browser()];
    await attacker.visit((session) => {
      session.data["planted"] = 1;
    });
    victim.jar.set(NAME, attacker.jar.get(NAME) ?? "");
    await victim.visit((session) => session.login({ id: "ann" }));
    expect(victim.jar.get(NAME)).not.toBe(attacker.jar.get(NAME));
    expect(await victim.visit((session) => session.user)).toEqual({ id: "ann" });
    expect(await attacker.visit((session) => [session.user, session.id])).toEqual([null, null]);
  });

  it("gives a new cookie every time, also to the same user, and keeps the data", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["cart"] = 1;
    });
    const seen = [browser.jar.get(NAME)];
    for (let login = 0; login < 3; login++) {
      await browser.visit((session) => session.login({ id: "ann" }));
      seen.push(browser.jar.get(NAME));
    }
    expect(new Set(seen).size).toBe(4);
    expect(await browser.visit((session) => session.data)).toEqual({ cart: 1 });
    for (const old of seen.slice(0, -1)) {
      const copy = app.browser({ cookie: `${NAME}=${old}` });
      expect(await copy.visit((session) => [session.id, session.user])).toEqual([null, null]);
    }
    expect(app.store.records.size).toBe(1);
  });

  it("takes along what this request has set", async () => {
    const browser = testApp().browser();
    await browser.visit(async (session) => {
      session.data["greeting"] = "hello";
      await session.login({ id: "ann", role: "admin" }, { mfa: true });
      expect(session).toMatchObject({ user: { id: "ann", role: "admin" }, mfa: true });
      session.data["after"] = 1;
    });
    expect(browser.setCookies()).toHaveLength(1);
    await browser.visit((session) => {
      expect(session).toMatchObject({ user: { id: "ann", role: "admin" }, mfa: true });
      expect(session.data).toEqual({ greeting: "hello", after: 1 });
    });
  });

  it("mfa is of this login: a later one without it is without it", async () => {
    const browser = testApp().browser();
    await browser.visit((session) => session.login({ id: "ann" }, { mfa: true }));
    await browser.visit((session) => session.login({ id: "ann" }));
    expect(await browser.visit((session) => session.mfa)).toBe(false);
  });

  it.each([null, undefined, {}, { id: "" }, { id: 42 }])("of %j is refused", async (user) => {
    const app = testApp();
    const { session } = await app.browser().open();
    // @ts-expect-error: what plain JavaScript may pass
    await expect(session.login(user)).rejects.toThrow(/^login needs a user with an id/);
    expect(app.store.calls).toEqual([]);
  });
});

describe("row 13: another user in the same browser", () => {
  it("finds nothing of the first one: neither data nor a token that works", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit(async (session) => {
      await session.login({ id: "ann" });
      session.data["secret"] = "of ann";
    });
    const token = await browser.visit((session) => session.csrfToken());
    const annsCookie = browser.jar.get(NAME);
    app.advance(HOUR);
    await browser.visit(async (session) => {
      session.data["unsaved"] = "of ann";
      await session.login({ id: "bob" });
      expect(session.data).toEqual({});
    });
    await browser.visit((session) => {
      expect(session.user).toEqual({ id: "bob" });
      expect(session.data).toEqual({});
      expect(session.checkCsrf(token)).toBe(false);
    });
    const copy = app.browser({ cookie: `${NAME}=${annsCookie}` });
    expect(await copy.visit((session) => session.user)).toBeNull();
    expect(await app.sessions.list("ann")).toEqual([]);
    expect(app.store.records.size).toBe(1);
  });

  it("is refused when that session was rotated meanwhile: it may have been part of the proof", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "admin" }));
    const impersonate = await browser.open();
    await browser.visit((session) => session.login({ id: "admin" }));
    await expect(impersonate.session.login({ id: "ann" })).rejects.toMatchObject(ended);
    expect(await browser.visit((session) => session.user)).toEqual({ id: "admin" });
  });

  it("a logout without the cookie ends nobody's session", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    await app.browser().visit((session) => session.logout());
    expect(await browser.visit((session) => session.user)).toEqual({ id: "ann" });
  });
});

describe("a login while other requests are under way", () => {
  it("row 3: one that was opened before it can't write any more, and the old cookie is dead", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["cart"] = 1;
    });
    const old = browser.jar.get(NAME);
    const slow = await browser.open();
    await browser.visit((session) => session.login({ id: "ann" }));
    slow.session.data["late"] = 1;
    await expect(slow.session.save()).rejects.toMatchObject(ended);
    await expect(slow.session.update("late", () => 1)).rejects.toMatchObject(ended);
    await expect(slow.finish()).rejects.toMatchObject(ended);
    expect(slow.exchange.setCookies).toEqual([]);
    expect(await browser.visit((session) => session.data)).toEqual({ cart: 1 });
    const copy = app.browser({ cookie: `${NAME}=${old}` });
    expect(await copy.visit((session) => session.id)).toBeNull();
  });

  it("row 3: nor when its write has begun before and the store is slow", async () => {
    const app = testApp();
    const other = app.another();
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["cart"] = 1;
    });
    const slow = await browser.open({ sessions: other });
    slow.session.data["late"] = 1;
    const gate = deferred();
    app.store.before = () => gate.promise;
    const saving = slow.session.save();
    await new Promise(setImmediate);
    app.store.before = async () => {};
    await browser.visit((session) => session.login({ id: "ann" }));
    gate.resolve();
    await expect(saving).rejects.toMatchObject(ended);
    expect(await browser.visit((session) => session.data)).toEqual({ cart: 1 });
  });

  it("a late visit of an anonymous request doesn't make a short login longer", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["cart"] = 1;
    });
    app.advance(5 * MINUTE);
    const slow = await browser.open();
    await browser.visit((session) => session.login({ id: "ann" }, { lifetime: "1h", idle: "15m" }));
    await slow.finish();
    expect(app.store.calls.at(-1)).toMatch(/^touch/);
    expect(await browser.visit((session) => session.expiresAt)).toBe(app.now() + 15 * MINUTE);

    const pending = await browser.open();
    app.advance(15 * MINUTE);
    expect(await browser.visit((session) => session.user)).toBeNull();
    expect(await app.sessions.list("ann")).toEqual([]);
    await expect(pending.session.update("a", () => 1)).rejects.toMatchObject(ended);
  });

  it("nor does a slow request's visit bring it back after its idle end", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["cart"] = 1;
    });
    app.advance(5 * MINUTE);
    const anonymous = await browser.open();
    await browser.visit((session) => session.login({ id: "ann" }, { idle: "15m" }));
    await anonymous.finish(); // From now on, the store would keep the record for 30 days.
    app.advance(10 * MINUTE);
    const slow = await browser.open();
    app.advance(10 * MINUTE);
    await slow.finish();
    expect(await browser.visit((session) => session.user)).toBeNull();
  });

  it("a request that comes a moment after it with the old cookie doesn't put a new anonymous session over it", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["cart"] = 1;
    });
    const old = app.browser({ cookie: `${NAME}=${browser.jar.get(NAME)}` });
    await browser.visit((session) => session.login({ id: "ann" }));

    const late = await old.open();
    expect([late.session.id, late.session.user]).toEqual([null, null]);
    expect(late.session.data).toEqual({});
    late.session.data["visits"] = 1;
    await expect(late.finish()).rejects.toMatchObject(ended);
    expect(late.exchange.setCookies).toEqual([]);
    await old.visit(); // Reading is no problem.
    expect(app.store.records.size).toBe(1);

    await old.visit((session) => session.login({ id: "ann" })); // Whoever proves it gets one.
    expect(old.setCookies()).toHaveLength(1);
    app.advance(10_000);
    await old.visit((session) => {
      session.data["visits"] = 1; // By now the new cookie isn't coming any more.
    });
    expect(old.setCookies()).toHaveLength(1);
  });

  it("two logins at once with one anonymous cookie: both get a session, none gets the other's cookie", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["cart"] = 1;
    });
    const [one, two] = [await browser.open(), await browser.open()];
    two.session.data["mine"] = 2;
    await one.session.login({ id: "ann" });
    await two.session.login({ id: "bob" });
    await one.finish();
    await two.finish();
    expect(one.session.id).not.toBe(two.session.id);
    expect(two.session.data).toEqual({ mine: 2 });
    expect(await browser.visit((session) => [session.user, session.data])).toEqual([
      { id: "bob" },
      { mine: 2 },
    ]);
  });
});

describe("a session that ended while its user logs in again", () => {
  it.each([
    ["was logged out", async (app, id) => void (await app.store.delete(`session:${id}`))],
    ["was revoked", async (app) => void (await app.sessions.revokeAll("ann"))],
    ["has expired", async (app) => app.advance(31 * 24 * HOUR)],
  ] satisfies [string, (app: ReturnType<typeof testApp>, id: string) => Promise<void>][])(
    "%s: a second factor or a refreshed snapshot doesn't bring it back",
    async (_, end) => {
      const app = testApp();
      const browser = app.browser();
      await browser.visit((session) => session.login({ id: "ann" }));
      const stepUp = await browser.open();
      const { user } = stepUp.session;
      await end(app, stepUp.session.id ?? "");
      if (user === null) throw new Error("not logged in");
      await expect(stepUp.session.login(user, { mfa: true })).rejects.toMatchObject(ended);
      expect(await browser.visit((session) => session.user)).toBeNull();
      expect(await app.sessions.list("ann")).toEqual([]);
    },
  );

  it("nor does it become another user's session", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "admin" }));
    const impersonate = await browser.open();
    await app.sessions.revokeAll("admin");
    await expect(impersonate.session.login({ id: "ann" })).rejects.toMatchObject(ended);
    expect(app.store.records.size).toBe(0);
  });

  it("an anonymous one that is gone is no obstacle", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["cart"] = 1;
    });
    const login = await browser.open();
    login.session.data["set"] = 1;
    app.store.records.clear();
    await login.session.login({ id: "ann" });
    expect(login.session.data).toEqual({ set: 1 });
    await login.finish();
    expect(await browser.visit((session) => [session.user, session.data])).toEqual([
      { id: "ann" },
      { set: 1 },
    ]);
  });
});
