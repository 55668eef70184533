// S12: of several logins at once exactly one stays, the last to begin.

import { describe, expect, it } from "vitest";
import { MINUTE, SECOND, type TestApp, testApp } from "./test-app.ts";

async function loginAs(app: TestApp, id: string): Promise<string> {
  return app.browser().visit(async (session) => {
    await session.login({ id });
    return session.id ?? "";
  });
}

async function living(app: TestApp): Promise<string[]> {
  return (await app.sessions.list("ann")).map(({ id }) => id);
}

describe("S12: the newest session of a user", () => {
  it("ends the older ones, and goes if there is a newer one; other users' stay", async () => {
    const app = testApp();
    const old = await loginAs(app, "ann");
    const bob = await loginAs(app, "bob");
    app.advance(SECOND);
    const late = await loginAs(app, "ann");
    expect(await app.sessions.keepNewest("ann", old)).toBe(false);
    expect(await living(app)).toEqual([late]);
    expect(await app.sessions.keepNewest("ann", late)).toBe(true);
    expect(await app.sessions.keepNewest("ann", old)).toBe(false);
    expect(await app.sessions.keepNewest("ann", bob)).toBe(false);
    expect(await living(app)).toEqual([late]);
    expect(await app.sessions.list("bob")).toHaveLength(1);
  });

  it("of many that began in the same millisecond exactly one stays, whoever asks first", async () => {
    const app = testApp();
    const ids = await Promise.all(Array.from({ length: 20 }, () => loginAs(app, "ann")));
    const kept = await Promise.all(ids.map((id) => app.sessions.keepNewest("ann", id)));
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect(await living(app)).toEqual(ids.filter((_id, index) => kept[index]));
  });

  it("a login while the clock was ahead is older than those after it was put right", async () => {
    const app = testApp();
    app.advance(10 * MINUTE);
    const ahead = await loginAs(app, "ann");
    expect(await app.sessions.keepNewest("ann", ahead)).toBe(true);
    app.advance(-10 * MINUTE);
    for (let round = 0; round < 12; round++) {
      app.advance(MINUTE);
      const late = await loginAs(app, "ann");
      expect(await app.sessions.keepNewest("ann", late)).toBe(true);
      expect(await living(app)).toEqual([late]);
    }
    expect(await app.sessions.keepNewest("ann", ahead)).toBe(false);
  });

  it("clocks of two servers that differ by a minute don't matter so", async () => {
    const app = testApp();
    const own = await loginAs(app, "ann");
    app.advance(MINUTE);
    const other = await loginAs(app, "ann");
    app.advance(-MINUTE);
    expect(await app.sessions.keepNewest("ann", own)).toBe(false);
    expect(await living(app)).toEqual([other]);
  });

  it("doesn't end one that logs in again after it was seen", async () => {
    const app = testApp();
    const browser = app.browser();
    const first = await browser.visit(async (session) => {
      await session.login({ id: "ann" });
      return session.id;
    });
    app.advance(SECOND);
    const other = await loginAs(app, "ann");
    app.advance(SECOND);
    // Between the list and the end.
    app.store.after = async (call) => {
      if (call !== "listByOwner") return;
      app.store.after = async () => {};
      await browser.visit((session) => session.login({ id: "ann" }));
    };
    expect(await app.sessions.keepNewest("ann", other)).toBe(false);
    expect(await living(app)).toEqual([first]);
    expect(await app.sessions.keepNewest("ann", first ?? "")).toBe(true);
  });

  it("an ordinary write of another one doesn't save it", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    app.advance(SECOND);
    const late = await loginAs(app, "ann");
    app.store.after = async (call) => {
      if (call !== "listByOwner") return;
      app.store.after = async () => {};
      await browser.visit((session) => session.update("n", () => 1));
    };
    expect(await app.sessions.keepNewest("ann", late)).toBe(true);
    expect(await living(app)).toEqual([late]);
    expect(await browser.visit((session) => session.user)).toBeNull();
  });
});
