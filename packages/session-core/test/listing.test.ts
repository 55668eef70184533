import { describe, expect, it } from "vitest";
import { HOUR, MINUTE, START, type TestApp, testApp } from "./test-app.ts";

async function loginAs(app: TestApp, id: string, agent = "agent") {
  const browser = app.browser({ "user-agent": agent });
  const sessionId = await browser.visit(async (session) => {
    await session.login({ id });
    return session.id ?? "";
  });
  return { browser, sessionId };
}

describe("S10: a user's sessions", () => {
  it("are listed with device, address and times, the last seen first", async () => {
    const app = testApp({ lifetime: "1d" });
    const phone = await loginAs(app, "ann", "phone");
    app.advance(MINUTE);
    const laptop = await loginAs(app, "ann", "l".repeat(300));
    await loginAs(app, "bob");
    app.advance(HOUR);
    await phone.browser.visit();
    expect(await app.sessions.list("ann")).toEqual([
      {
        id: phone.sessionId,
        userId: "ann",
        agent: "phone",
        ip: "192.0.2.1",
        createdAt: START,
        lastSeenAt: START + HOUR + MINUTE,
        expiresAt: START + 24 * HOUR,
      },
      expect.objectContaining({ id: laptop.sessionId, agent: "l".repeat(200) }),
    ]);
    expect(await app.sessions.list("ann", 1)).toHaveLength(1);
    expect(await app.sessions.list("nobody")).toEqual([]);
  });

  it("all sessions are listed a page at a time, anonymous ones too", async () => {
    const app = testApp();
    for (let index = 0; index < 5; index++) await loginAs(app, `user-${index}`);
    await app.browser().visit((session) => {
      session.data["cart"] = 1;
    });
    const users: (string | null)[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof app.sessions.listAll>> = await app.sessions.listAll(
        cursor,
        4,
      );
      expect(page.sessions.length).toBeLessThanOrEqual(4);
      users.push(...page.sessions.map((session) => session.userId));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(users.toSorted()).toEqual(
      ["user-0", "user-1", "user-2", "user-3", "user-4", null].toSorted(),
    );
  });

  it("one can be revoked", async () => {
    const app = testApp();
    const [phone, laptop] = [await loginAs(app, "ann"), await loginAs(app, "ann")];
    expect(await app.sessions.revoke("ann", phone.sessionId)).toBe(true);
    expect(await app.sessions.revoke("ann", phone.sessionId)).toBe(false);
    expect(await phone.browser.visit((session) => session.user)).toBeNull();
    expect(await laptop.browser.visit((session) => session.user)).toEqual({ id: "ann" });
  });

  it("row 16: another's can't, nor what is no session id", async () => {
    const app = testApp();
    const { browser, sessionId } = await loginAs(app, "ann");
    const anonymous = app.browser();
    await anonymous.visit((session) => {
      session.data["cart"] = 1;
    });
    const anonymousId = await anonymous.visit((session) => session.id ?? "");
    expect(await app.sessions.revoke("bob", sessionId)).toBe(false);
    expect(await app.sessions.revoke("ann", anonymousId)).toBe(false);
    app.store.calls.length = 0;
    for (const id of ["", "../x", "*", `${sessionId}\0`, "A".repeat(10_000), "__proto__"]) {
      expect(await app.sessions.revoke("ann", id)).toBe(false);
    }
    expect(app.store.calls).toEqual([]);
    expect(await browser.visit((session) => session.user)).toEqual({ id: "ann" });
  });

  it("all can be revoked, or all but this one", async () => {
    const app = testApp();
    const [one, two, three] = [
      await loginAs(app, "ann"),
      await loginAs(app, "ann"),
      await loginAs(app, "ann"),
    ];
    const bob = await loginAs(app, "bob");
    expect(await app.sessions.revokeAll("ann", two.sessionId)).toBe(2);
    expect(await one.browser.visit((session) => session.user)).toBeNull();
    expect(await two.browser.visit((session) => session.user)).toEqual({ id: "ann" });
    expect(await three.browser.visit((session) => session.user)).toBeNull();
    expect(await app.sessions.revokeAll("ann")).toBe(1);
    expect(await two.browser.visit((session) => session.user)).toBeNull();
    expect(await bob.browser.visit((session) => session.user)).toEqual({ id: "bob" });
  });

  it("row 5: a login leaves no second record behind", async () => {
    const app = testApp();
    const { browser, sessionId } = await loginAs(app, "ann");
    await browser.visit((session) => session.login({ id: "ann" }));
    expect(await app.sessions.list("ann")).toEqual([expect.objectContaining({ id: sessionId })]);
    await browser.visit((session) => session.login({ id: "bob" }));
    expect(await app.sessions.list("ann")).toEqual([]);
    expect(app.store.records.size).toBe(1);
  });
});

describe("what is at rest", () => {
  it("holds nothing that can be replayed: no cookie, no signature, no token, no key", async () => {
    const app = testApp();
    const { browser } = await loginAs(app, "ann");
    const token = await browser.visit((session) => session.csrfToken());
    const dump = JSON.stringify([...app.store.records.values()]);
    const cookie = browser.jar.get("__Host-sid") ?? "";
    const [id = "", , mac = ""] = cookie.split(".");
    expect(dump).toContain(id);
    for (const secret of [cookie, mac, token]) expect(dump).not.toContain(secret);
    const thief = app.browser({ cookie: `__Host-sid=${id}.2.${"A".repeat(43)}` });
    expect(await thief.visit((session) => session.user)).toBeNull();
  });
});
