// Sessions in sealed cookies, request by request.

import { describe, expect, it } from "vitest";
import {
  type AppOptions,
  DATA,
  DAY,
  HOUR,
  loggedIn,
  MINUTE,
  openRequest,
  SID,
  testApp,
  visit,
  whoIs,
} from "./browser.ts";

const late = { code: "ERR_SESSION_LATE" };

const kinds: [string, AppOptions][] = [
  ["with a revocation list", {}],
  ["without one", { revocations: null }],
];

describe.each(kinds)("a session %s", (_, options) => {
  it("keeps its data in the second cookie, sealed", async () => {
    const app = testApp(options);
    const jar = new Map();
    await visit(app, jar, (session) => {
      session.data["fruit"] = "a mango";
    });
    expect([...jar.keys()].sort()).toEqual([SID, DATA]);
    expect(jar.get(DATA)).toMatch(/^Fe26\.2\*[0-9a-f]{12}\*\*/);
    expect(Buffer.from(jar.get(DATA), "base64url").toString("latin1")).not.toContain("mango");
    expect(await visit(app, jar, ({ data }) => data)).toEqual({ fruit: "a mango" });
  });

  it("reading it sends no cookie, a visit once a minute one", async () => {
    const app = testApp(options);
    const jar = await loggedIn(app);
    const first = await openRequest(app.sessions, jar);
    expect(first.session.needsCommit()).toBe(false);
    await first.finish();
    expect(first.setCookies).toEqual([]);
    app.advance(2 * MINUTE);
    const second = await openRequest(app.sessions, jar);
    await second.finish();
    expect(second.setCookies.map((line) => line.split("=")[0])).toEqual([DATA]);
    expect(await visit(app, jar, (session) => session.lastSeenAt)).toBe(app.now());
  });

  it("has the attributes and the end of the session's own cookie", async () => {
    const app = testApp(options);
    const { session, setCookies, finish } = await openRequest(app.sessions);
    await session.login({ id: "ann" }, { lifetime: "2h" });
    await finish();
    const attributes = "; Path=/; Max-Age=7200; HttpOnly; Secure; SameSite=Lax";
    expect(setCookies).toHaveLength(2);
    for (const line of setCookies) expect(line.slice(line.indexOf(";"))).toBe(attributes);
    const other = await openRequest(app.sessions);
    await other.session.login({ id: "ann" }, { lifetime: "browser" });
    await other.finish();
    for (const line of other.setCookies) expect(line).not.toContain("Max-Age");
  });

  it("several writes in a request are one cookie", async () => {
    const app = testApp(options);
    const jar = await loggedIn(app);
    const { session, setCookies, finish } = await openRequest(app.sessions, jar);
    session.data["a"] = 1;
    await session.save();
    await session.update("n", () => 1);
    await session.update("n", (n) => Number(n) + 1);
    session.data["b"] = 2;
    await finish();
    expect(setCookies).toHaveLength(1);
    expect(await visit(app, jar, ({ data }) => data)).toEqual({ a: 1, b: 2, n: 2 });
  });

  it("a login makes another session; data stays with its user and goes with another", async () => {
    const app = testApp(options);
    const jar = new Map();
    await visit(app, jar, (session) => {
      session.data["cart"] = 3;
    });
    const before = await visit(app, jar, (session) => session.id);
    await visit(app, jar, (session) => session.login({ id: "ann" }));
    expect(await visit(app, jar, (session) => session.data)).toEqual({ cart: 3 });
    expect(await visit(app, jar, (session) => session.id)).not.toBe(before);
    await visit(app, jar, (session) => session.login({ id: "bob" }));
    expect(await visit(app, jar, ({ user, data }) => [user?.id, data])).toEqual(["bob", {}]);
  });

  it("a logout clears both cookies; logout and login in one request is a new session", async () => {
    const app = testApp(options);
    const jar = await loggedIn(app);
    await visit(app, jar, async (session) => {
      await session.logout();
      await session.login({ id: "bob" });
    });
    expect(await whoIs(app, jar)).toBe("bob");
    await visit(app, jar, (session) => session.logout());
    expect(jar.size).toBe(0);
  });

  it("after the head, what needs a cookie is refused", async () => {
    const app = testApp(options);
    const jar = await loggedIn(app);
    const { session, finish } = await openRequest(app.sessions, jar);
    await finish();
    session.data["a"] = 1;
    await expect(session.save()).rejects.toMatchObject(late);
    await expect(session.update("n", () => 1)).rejects.toMatchObject(late);
    await expect(session.login({ id: "ann" })).rejects.toMatchObject(late);
    if (options.revocations === null) await expect(session.logout()).rejects.toMatchObject(late);
    else await session.logout();
    expect(await whoIs(app, jar)).toBe(options.revocations === null ? "ann" : null);
  });

  it("ends by its lifetime and by idling, whatever the browser keeps", async () => {
    const app = testApp({ ...options, idle: "1h" });
    const jar = await loggedIn(app);
    app.advance(HOUR - 1);
    expect(await whoIs(app, jar)).toBe("ann");
    app.advance(1);
    expect(await whoIs(app, jar)).toBeNull();
    const visited = await loggedIn(app);
    const start = app.now();
    while (app.now() < start + 30 * DAY - HOUR / 2) {
      app.advance(HOUR / 2);
      expect(await visit(app, visited, ({ user }) => user?.id)).toBe("ann");
    }
    app.advance(HOUR / 2);
    expect(await whoIs(app, visited)).toBeNull();
  });

  it("50 parallel requests: each is answered, and the last cookie is a whole session", async () => {
    const app = testApp(options);
    const jar = await loggedIn(app);
    const indexes = Array.from({ length: 50 }, (_, index) => index);
    await Promise.all(
      indexes.map((index) =>
        visit(app, jar, (session) => {
          session.data[`key${index}`] = index;
        }),
      ),
    );
    const data = await visit(app, jar, (session) => session.data);
    expect(Object.keys(data)).toHaveLength(1); // The last one wins: see the README.
    expect(await whoIs(app, jar)).toBe("ann");
  });
});

describe("a session that doesn't fit", () => {
  it("is a typed error; nothing is sent, and less can be written after it", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const { session, setCookies, finish } = await openRequest(app.sessions, jar);
    session.data["text"] = "x".repeat(4_000);
    await expect(session.commit()).rejects.toMatchObject({ code: "ERR_COOKIE_TOO_LARGE" });
    expect(setCookies).toEqual([]);
    expect(await whoIs(app, jar)).toBe("ann");
    session.data["text"] = "x".repeat(1_000);
    await finish();
    expect(await visit(app, jar, ({ data }) => String(data["text"]).length)).toBe(1_000);
  });

  it("of a login sends no half of it", async () => {
    const app = testApp();
    const { session, setCookies, finish } = await openRequest(app.sessions);
    session.data["text"] = "x".repeat(4_000);
    await session.login({ id: "ann" });
    await expect(finish()).rejects.toMatchObject({ code: "ERR_COOKIE_TOO_LARGE" });
    expect(setCookies).toEqual([]);
  });

  it("fits with 2,600 characters of data", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    await visit(app, jar, (session) => {
      session.data["text"] = "x".repeat(2_600);
    });
    expect(SID.length + (jar.get(SID)?.length ?? 0)).toBeLessThan(100);
    expect(DATA.length + (jar.get(DATA)?.length ?? 0)).toBeLessThanOrEqual(4_096);
  });
});

describe("keys", () => {
  it("a new one in front logs nobody out; a removed one does", async () => {
    const old = testApp();
    const jar = await loggedIn(old);
    const fresh = "another secret of thirty-two characters";
    const both = old.another({ keys: [fresh, "a secret of thirty-two characters or more"] });
    expect(await whoIs(both, jar)).toBe("ann");
    const sid = jar.get(SID);
    await visit(both, jar, (session) => {
      session.data["a"] = 1;
    });
    expect(await whoIs(old, jar)).toBeNull(); // The record is sealed with the new key already.
    expect(jar.get(SID)).toBe(sid);
    expect(await whoIs(both, jar)).toBe("ann");
    expect(await whoIs(old.another({ keys: [fresh] }), jar)).toBeNull();
  });
});

describe("a user who is disabled", () => {
  it("is out with the next request, and the session stays dead", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const copy = new Map(jar);
    expect(await whoIs(app.another({ loadUser: () => null }), jar)).toBeNull();
    expect(await whoIs(app.another({ loadUser: (id) => ({ id }) }), copy)).toBeNull();
  });
});
