import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND, START, type TestSession, testApp } from "./test-app.ts";

const user = (session: TestSession): unknown => session.user;
const login = (session: TestSession): Promise<void> => session.login({ id: "ann" });
const maxAge = (lines: readonly string[]): string | undefined =>
  /Max-Age=(-?\d+)/.exec(lines.join())?.[1];

describe("S4: absolute lifetime", () => {
  it.each([
    ["30 days by default", {}, 30 * DAY],
    ["the application's", { lifetime: "7d" }, 7 * DAY],
    ["fractions", { lifetime: "0.0003d" }, 25_920],
  ] as const)("%s", async (_, options, ms) => {
    const app = testApp(options);
    const browser = app.browser();
    await browser.visit(login);
    expect(maxAge(browser.setCookies())).toBe(String(Math.ceil(ms / 1_000)));
    expect(await browser.visit((session) => session.expiresAt)).toBe(START + ms);
    app.advance(ms - 1);
    expect(await browser.visit(user)).toEqual({ id: "ann" });
    app.advance(1);
    expect(await browser.visit(user)).toBeNull();
  });

  it("the login's own, shorter or longer", async () => {
    const app = testApp({ lifetime: "1d" });
    const [short, long] = [app.browser(), app.browser()];
    await short.visit((session) => session.login({ id: "ann" }, { lifetime: "1h" }));
    await long.visit((session) => session.login({ id: "bob" }, { lifetime: "60d" }));
    app.advance(HOUR);
    expect(await short.visit(user)).toBeNull();
    app.advance(59 * DAY);
    expect(await long.visit(user)).toEqual({ id: "bob" });
    app.advance(DAY);
    expect(await long.visit(user)).toBeNull();
  });

  it("starts with the login, not with the anonymous data before it", async () => {
    const app = testApp({ lifetime: "1d" });
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["cart"] = 1;
    });
    app.advance(23 * HOUR);
    await browser.visit(login);
    app.advance(23 * HOUR);
    expect(await browser.visit(user)).toEqual({ id: "ann" });
  });

  it("browser: the cookie goes with the browser, the record after a day at the most", async () => {
    for (const [options, loginOptions] of [
      [{ lifetime: "browser" }, {}],
      [{}, { lifetime: "browser" }],
    ] as const) {
      const app = testApp(options);
      const browser = app.browser();
      await browser.visit((session) => session.login({ id: "ann" }, loginOptions));
      expect(browser.setCookies()).toHaveLength(1);
      expect(maxAge(browser.setCookies())).toBeUndefined();
      for (let hour = 0; hour < 23; hour++) {
        app.advance(HOUR);
        await browser.visit((session) => session.update("hour", () => hour));
      }
      expect(await browser.visit(user)).toEqual({ id: "ann" });
      app.advance(HOUR);
      expect(await browser.visit(user)).toBeNull();
    }
  });

  it("row 6: neither writing nor visiting nor a new cookie of another kind renews it", async () => {
    const app = testApp({ lifetime: "1d", idle: "2h" });
    const browser = app.browser();
    await browser.visit(login);
    for (let hour = 1; hour < 24; hour++) {
      app.advance(HOUR);
      await browser.visit((session) => {
        expect(session.expiresAt).toBeLessThanOrEqual(START + DAY);
        session.data["hour"] = hour;
      });
      expect(browser.setCookies()).toEqual([]);
    }
    expect(await browser.visit((session) => session.expiresAt)).toBe(START + DAY);
    app.advance(HOUR);
    expect(await browser.visit(user)).toBeNull();
  });

  it("a clock that goes back never makes it longer", async () => {
    const app = testApp({ lifetime: "1d" });
    const browser = app.browser();
    await browser.visit(login);
    app.advance(-10 * MINUTE);
    await browser.visit((session) => session.update("a", () => 1));
    expect(await browser.visit((session) => session.expiresAt)).toBe(START + DAY);
  });
});

describe("S5: idle timeout", () => {
  it("is off by default", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit(login);
    app.advance(29 * DAY);
    expect(await browser.visit(user)).toEqual({ id: "ann" });
  });

  it.each(["1h", "1m", "20s", "1s"] as const)(
    "%s: visits in time keep the session, reading ones too; a pause ends it",
    async (idle) => {
      const app = testApp({ idle });
      const ms = { "1h": HOUR, "1m": MINUTE, "20s": 20 * SECOND, "1s": SECOND }[idle];
      const browser = app.browser();
      await browser.visit(login);
      for (let visit = 0; visit < 20; visit++) {
        app.advance(ms * 0.85);
        expect(await browser.visit(user)).toEqual({ id: "ann" });
      }
      app.advance(ms);
      expect(await browser.visit(user)).toBeNull();
    },
  );

  it("of a login alone: with a touch that is as frequent as it needs", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }, { idle: "30s" }));
    for (let visit = 0; visit < 5; visit++) {
      app.advance(25 * SECOND);
      expect(await browser.visit(user)).toEqual({ id: "ann" });
    }
    app.advance(30 * SECOND);
    expect(await browser.visit(user)).toBeNull();
  });

  it("can be switched off for a login, and both limits count", async () => {
    const app = testApp({ idle: "1h", lifetime: "3h" });
    const [strict, relaxed] = [app.browser(), app.browser()];
    await strict.visit(login);
    await relaxed.visit((session) => session.login({ id: "bob" }, { idle: "off" }));
    app.advance(2 * HOUR);
    expect(await strict.visit(user)).toBeNull();
    expect(await relaxed.visit(user)).toEqual({ id: "bob" });
    app.advance(HOUR);
    expect(await relaxed.visit(user)).toBeNull();
  });

  it("reads rarely write: a visit is recorded once in a tenth of it, or once in touchEvery", async () => {
    for (const [options, expected] of [
      [{ idle: "100s" }, 10],
      [{ idle: "100s", touchEvery: "2s" }, 50],
      [{ idle: "1d", touchEvery: "50s" }, 2],
    ] as const) {
      const app = testApp(options);
      const browser = app.browser();
      await browser.visit(login);
      app.store.calls.length = 0;
      for (let visit = 0; visit < 100; visit++) {
        app.advance(SECOND);
        await browser.visit(user);
      }
      expect(app.store.calls.filter((call) => call.startsWith("touch"))).toHaveLength(expected);
    }
  });

  it("a slow request may still write when others have kept the session alive meanwhile", async () => {
    const app = testApp({ idle: "1m" });
    const browser = app.browser();
    await browser.visit(login);
    const slow = await browser.open();
    for (let visit = 0; visit < 4; visit++) {
      app.advance(30 * SECOND);
      await browser.visit();
    }
    slow.session.data["late"] = 1;
    await slow.finish();
    expect(await browser.visit((session) => session.data["late"])).toBe(1);
  });

  it("a slow request from before a login doesn't take the next visit's place", async () => {
    const app = testApp({ lifetime: "1h" });
    const browser = app.browser();
    await browser.visit(login);
    app.advance(20 * MINUTE);
    const slow = await browser.open();
    app.advance(10 * MINUTE);
    await browser.visit((session) => session.login({ id: "ann" }, { idle: "30m", lifetime: "1d" }));
    const cookie = new Map(browser.jar);
    app.advance(29 * MINUTE);
    await slow.finish(); // its visit, by the limits that it knows: the hour
    for (const [name, value] of cookie) browser.jar.set(name, value);
    app.advance(30 * SECOND);
    expect(await browser.visit(user)).toEqual({ id: "ann" });
    app.advance(29 * MINUTE);
    expect(await browser.visit(user)).toEqual({ id: "ann" });
  });

  it("a slow request may not when nobody has", async () => {
    const app = testApp({ idle: "1m" });
    const browser = app.browser();
    await browser.visit(login);
    const slow = await browser.open();
    app.advance(MINUTE);
    slow.session.data["late"] = 1;
    await expect(slow.finish()).rejects.toMatchObject({ code: "ERR_SESSION_ENDED" });
    expect(await browser.visit(user)).toBeNull();
  });
});

describe("S6: visitedWithin, asfquart's read(expiry_time)", () => {
  it("asks for a session that was visited in time; a request that isn't doesn't count", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit(login);
    app.advance(2 * HOUR);
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await browser.visit((session) => session.visitedWithin("1h"))).toBe(false);
      app.advance(MINUTE);
    }
    expect(await browser.visit((session) => session.visitedWithin("3h"))).toBe(true);
    expect(await browser.visit((session) => session.visitedWithin("1h"))).toBe(true);
  });

  it.each([
    ["at its end", ({ data }: TestSession) => Object.assign(data, { returnTo: "/transfer" })],
    ["by update", (session: TestSession) => session.update("returnTo", () => "/transfer")],
  ])("a request that doesn't count may still write, %s", async (_how, write) => {
    const app = testApp({ idle: "1d" });
    const browser = app.browser();
    await browser.visit(login);
    app.advance(2 * HOUR);
    for (let attempt = 0; attempt < 3; attempt++) {
      await browser.visit(async (session) => {
        expect(session.visitedWithin("1h")).toBe(false);
        await write(session);
      });
      await browser.visit((session) => {
        expect(session.visitedWithin("1h")).toBe(false);
        expect(session.data["returnTo"]).toBe("/transfer");
        expect([session.lastSeenAt, session.expiresAt]).toEqual([START, START + DAY]);
      });
    }
    app.advance(22 * HOUR); // A day without a visit that counted.
    expect(await browser.visit((session) => session.user)).toBe(null);
  });

  it("takes back no visit that another request was, meanwhile", async () => {
    const app = testApp({ idle: "1d" });
    const browser = app.browser();
    await browser.visit(login);
    app.advance(2 * HOUR);
    const { session, finish } = await browser.open();
    expect(session.visitedWithin("1h")).toBe(false);
    session.data["returnTo"] = "/transfer";
    await browser.visit(); // A touch, which changes no version: the write can't know of it.
    await finish();
    expect(await browser.visit((next) => next.visitedWithin("1h"))).toBe(true);
  });

  it("a login counts, also in a request that didn't", async () => {
    const app = testApp({ idle: "1d" });
    const browser = app.browser();
    await browser.visit(login);
    app.advance(2 * HOUR);
    await browser.visit(async (session) => {
      expect(session.visitedWithin("1h")).toBe(false);
      await login(session);
      session.data["n"] = 1;
    });
    await browser.visit((session) => {
      expect(session.visitedWithin("1h")).toBe(true);
      expect(session.expiresAt).toBe(START + 2 * HOUR + DAY);
    });
  });

  it("speaks of the visit before this one, whatever this request has written", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit(login);
    app.advance(2 * HOUR);
    await browser.visit(async (session) => {
      await session.update("n", () => 1);
      expect(session.visitedWithin("1h")).toBe(false);
      expect(session.lastSeenAt).toBe(START);
    });
  });

  it("checks its duration", async () => {
    const { session } = await testApp().browser().open();
    expect(() => session.visitedWithin("1e3s")).toThrow(/^maxAge must be/);
  });
});

describe("idleMs: how long what is shown now may be shown", () => {
  const idleMs = (session: TestSession): number | null => session.idleMs;

  it("is the login's idle time, the application's without one, and less towards the end", async () => {
    const app = testApp({ lifetime: "2h", idle: "30m" });
    const [own, usual, never] = [app.browser(), app.browser(), app.browser()];
    expect(await own.visit(idleMs)).toBeNull();
    await own.visit((session) => session.login({ id: "ann" }, { idle: "864s" }));
    await usual.visit(login);
    await never.visit((session) => session.login({ id: "ann" }, { idle: "off" }));
    expect(await own.visit(idleMs)).toBe(864 * SECOND);
    expect(await usual.visit(idleMs)).toBe(30 * MINUTE);
    expect(await never.visit(idleMs)).toBeNull();
    for (let visit = 1; visit <= 5; visit++) {
      app.advance(20 * MINUTE);
      await usual.visit();
    }
    expect(await usual.visit(idleMs)).toBe(20 * MINUTE);
    await usual.visit((session) => session.logout());
    expect(await usual.visit(idleMs)).toBeNull();
  });
});
