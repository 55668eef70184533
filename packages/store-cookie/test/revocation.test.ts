// Copied cookies, and what ends them.

import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, it } from "vitest";
import {
  DAY,
  HOUR,
  type Jar,
  keep,
  loggedIn,
  MINUTE,
  openRequest,
  testApp,
  visit,
  whoIs,
} from "./browser.ts";

const ended = { code: "ERR_SESSION_ENDED" };

describe("a logout", () => {
  it("is the end of every copy, at once and until the session would be over", async () => {
    const app = testApp({ idle: "1h" });
    const jar = await loggedIn(app);
    const copies: Jar[] = [new Map(jar)];
    for (let minute = 0; minute < 3; minute++) {
      app.advance(5 * MINUTE);
      await visit(app, jar, (session) => session.update("n", (n = 0) => Number(n) + 1));
      copies.push(new Map(jar));
    }
    for (const copy of copies) expect(await whoIs(app, copy)).toBe("ann");
    await visit(app, jar, (session) => session.logout());
    for (const copy of copies) expect(await whoIs(app, copy)).toBeNull();
    app.advance(HOUR / 2);
    for (const copy of copies) expect(await whoIs(app, copy)).toBeNull();
  });

  it("of an older copy ends what newer visits have lengthened", async () => {
    const app = testApp({ idle: "1h" });
    const jar = await loggedIn(app);
    const older = new Map(jar);
    app.advance(50 * MINUTE);
    await visit(app, jar, () => {});
    await visit(app, older, (session) => session.logout());
    for (const _ of [1, 2, 3]) {
      expect(await whoIs(app, jar)).toBeNull();
      app.advance(19 * MINUTE);
      await app.revocations.deleteExpired(100);
    }
  });

  it("row 2: a slow request can't write any more, and its cookie is worth nothing", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const copy = new Map(jar);
    const slow = await openRequest(app.sessions, new Map(jar));
    const slower = await openRequest(app.sessions, new Map(jar));
    await slower.session.update("late", () => 1);
    await visit(app, jar, (session) => session.logout());
    slow.session.data["late"] = 1;
    await expect(slow.session.save()).rejects.toMatchObject(ended);
    await expect(slow.finish()).rejects.toMatchObject(ended);
    const revived = new Map(copy);
    await slower.session.commit();
    expect(slower.setCookies).toHaveLength(1);
    for (const line of slower.setCookies) keep(revived, line);
    expect(await whoIs(app, revived)).toBeNull();
  });

  it("without a list a copy lives on: that is what the list is for", async () => {
    const app = testApp({ revocations: null });
    const jar = await loggedIn(app);
    const copy = new Map(jar);
    await visit(app, jar, (session) => session.logout());
    expect(await whoIs(app, copy)).toBe("ann");
    app.advance(30 * DAY);
    expect(await whoIs(app, copy)).toBeNull();
  });
});

describe("a login", () => {
  it("row 1: is the end of every cookie from before it", async () => {
    const app = testApp();
    const planted: Jar = new Map();
    await visit(app, planted, (session) => session.update("n", () => 1));
    const victim = new Map(planted);
    await visit(app, victim, (session) => session.login({ id: "ann" }));
    expect(await visit(app, planted, ({ id, data }) => [id, data])).toEqual([null, {}]);
    const first = new Map(victim);
    await visit(app, victim, (session) => session.login({ id: "ann" }, { mfa: true }));
    expect(await whoIs(app, first)).toBeNull();
    expect(await visit(app, victim, (session) => session.mfa)).toBe(true);
  });

  it("on top of a session that was ended meanwhile is refused", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const slow = await openRequest(app.sessions, jar);
    await visit(app, new Map(jar), (session) => session.logout());
    await expect(slow.session.login({ id: "ann" }, { mfa: true })).rejects.toMatchObject(ended);
    const other = await loggedIn(app);
    const slower = await openRequest(app.sessions, other);
    await app.sessions.revokeAll("ann");
    await expect(slower.session.login({ id: "ann" })).rejects.toMatchObject(ended);
  });

  it("of an anonymous visitor goes on without a session that is gone", async () => {
    const app = testApp();
    const jar: Jar = new Map();
    await visit(app, jar, (session) => session.update("n", () => 1));
    const one = await openRequest(app.sessions, new Map(jar));
    const two = await openRequest(app.sessions, jar);
    await one.session.login({ id: "ann" });
    await two.session.login({ id: "ann" });
    await one.finish();
    await two.finish();
    expect(await whoIs(app, jar)).toBe("ann");
    expect(one.session.id).not.toBe(two.session.id);
  });

  it("that a logout from before it overtakes is ended by it", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const leaving = await openRequest(app.sessions, new Map(jar));
    await visit(app, jar, (session) => session.login({ id: "ann" }));
    await visit(app, jar, (session) => session.login({ id: "ann" }));
    expect(await whoIs(app, jar)).toBe("ann");
    await leaving.session.logout();
    expect(await whoIs(app, jar)).toBeNull();
  });
});

describe("revokeAll", () => {
  it("ends a user's sessions but one, and no other user's", async () => {
    const app = testApp();
    const [phone, laptop, bob] = [
      await loggedIn(app),
      await loggedIn(app),
      await loggedIn(app, "bob"),
    ];
    const id = await visit(app, laptop, (session) => session.id);
    await app.sessions.revokeAll("ann", id ?? "");
    expect(await Promise.all([phone, laptop, bob].map((jar) => whoIs(app, jar)))).toEqual([
      null,
      "ann",
      "bob",
    ]);
    expect(await whoIs(app, await loggedIn(app))).toBe("ann");
    await app.sessions.revokeAll("ann");
    expect(await whoIs(app, laptop)).toBeNull();
    expect(await whoIs(app, await loggedIn(app))).toBe("ann");
  });

  it("never brings back what an earlier one ended", async () => {
    const app = testApp();
    const jars = [await loggedIn(app), await loggedIn(app)] as const;
    const [one, two] = [
      await visit(app, jars[0], (session) => session.id ?? ""),
      await visit(app, jars[1], (session) => session.id ?? ""),
    ];
    await app.sessions.revokeAll("ann", one);
    await app.sessions.revokeAll("ann", one);
    expect(await whoIs(app, jars[0])).toBe("ann");
    await app.sessions.revokeAll("ann", two);
    expect([await whoIs(app, jars[0]), await whoIs(app, jars[1])]).toEqual([null, null]);
    await app.sessions.revokeAll("ann", one);
    expect([await whoIs(app, jars[0]), await whoIs(app, jars[1])]).toEqual([null, null]);
  });

  it("from every device at once: each ends all others, so none is left", async () => {
    const app = testApp();
    const jars: Jar[] = [];
    for (let index = 0; index < 8; index++) jars.push(await loggedIn(app));
    const ids = await Promise.all(
      jars.map((jar) => visit(app, jar, (session) => session.id ?? "")),
    );
    await Promise.all(ids.map((id) => app.sessions.revokeAll("ann", id)));
    const users = await Promise.all(jars.map((jar) => whoIs(app, jar)));
    expect(users.filter((user) => user !== null)).toEqual([]);
  });

  it("while a request is under way: what it writes is refused or worth nothing", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const slow = await openRequest(app.sessions, jar);
    await slow.session.update("n", () => 1);
    await app.sessions.revokeAll("ann");
    await slow.finish();
    expect(await whoIs(app, jar)).toBeNull();
  });

  it("holds for as long as any session could have lived", async () => {
    const app = testApp();
    const jar: Jar = new Map();
    await visit(app, jar, (session) => session.login({ id: "ann" }, { lifetime: "400d" }));
    await app.sessions.revokeAll("ann");
    app.advance(400 * DAY - 1);
    await app.revocations.deleteExpired(100);
    expect(await whoIs(app, jar)).toBeNull();
    app.advance(2 * DAY);
    expect(await app.revocations.deleteExpired(100)).toBe(1);
  });

  it("without a list says that it can't", async () => {
    const { sessions } = testApp({ revocations: null });
    await expect(sessions.revokeAll("ann")).rejects.toThrow(/revocation list/);
    await expect(sessions.revoke("ann", "x".repeat(24))).rejects.toThrow(/^store can't end one/);
    expect(await sessions.list("ann")).toEqual([]);
    expect(await sessions.listAll(null)).toEqual({ sessions: [], cursor: null });
  });
});

describe("keepNewest", () => {
  it("of two logins at once keeps the first to ask, and tells the other", async () => {
    const app = testApp();
    const older = await loggedIn(app);
    const jars: [Jar, Jar] = [new Map(), new Map()];
    const one = await openRequest(app.sessions, jars[0]);
    const two = await openRequest(app.sessions, jars[1]);
    await Promise.all([one.session.login({ id: "ann" }), two.session.login({ id: "ann" })]);
    expect(await app.sessions.keepNewest("ann", one.session.id ?? "")).toBe(true);
    expect(await app.sessions.keepNewest("ann", two.session.id ?? "")).toBe(false);
    expect(await app.sessions.keepNewest("ann", one.session.id ?? "")).toBe(true);
    await Promise.all([one.finish(), two.finish()]);
    const users = await Promise.all([...jars, older].map((jar) => whoIs(app, jar)));
    expect(users).toEqual(["ann", null, null]);
  });

  it("keeps a login that begins after another was kept, and ends no other user's", async () => {
    const app = testApp();
    const bob = await loggedIn(app, "bob");
    const jars: Jar[] = [];
    for (let index = 0; index < 3; index++) {
      const jar: Jar = new Map();
      await visit(app, jar, async (session) => {
        await session.login({ id: "ann" });
        expect(await app.sessions.keepNewest("ann", session.id ?? "")).toBe(true);
      });
      jars.push(jar);
    }
    const users = await Promise.all([...jars, bob].map((jar) => whoIs(app, jar)));
    expect(users).toEqual([null, null, "ann", "bob"]);
  });

  it("doesn't keep what has been logged out or revoked meanwhile, and ends nobody for it", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const id = await visit(app, jar, (session) => session.id ?? "");
    await visit(app, jar, (session) => session.logout());
    const staying = await loggedIn(app);
    expect(await app.sessions.keepNewest("ann", id)).toBe(false);
    expect(await whoIs(app, staying)).toBe("ann");
    const late = await openRequest(app.sessions);
    await late.session.login({ id: "ann" });
    await app.sessions.revokeAll("ann");
    const next = await loggedIn(app);
    expect(await app.sessions.keepNewest("ann", late.session.id ?? "")).toBe(false);
    expect(await whoIs(app, next)).toBe("ann");
  });

  it("keeps a session of another process, or from before a restart", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    await app.sessions.revokeAll("ann");
    const mine = await loggedIn(app);
    const other = await loggedIn(app);
    const id = await visit(app, mine, (session) => session.id ?? "");
    expect(await app.another({}).sessions.keepNewest("ann", id)).toBe(true);
    const users = await Promise.all([jar, mine, other].map((one) => whoIs(app, one)));
    expect(users).toEqual([null, "ann", null]);
  });

  it("without a list says that it can't", async () => {
    const { sessions } = testApp({ revocations: null });
    await expect(sessions.keepNewest("ann", "x".repeat(24))).rejects.toThrow(/revocation list/);
  });
});

describe("a list that is full", () => {
  it("of anonymous visitors' logouts has room for those of users, and for logins", async () => {
    const app = testApp({ revocations: memoryStore({ maxRecords: 100 }) });
    const jar = await loggedIn(app);
    const copy = new Map(jar);
    const visitor: Jar = new Map();
    await visit(app, visitor, (session) => session.update("n", () => 1));
    let refused = 0;
    for (let round = 0; round < 150; round++) {
      const anonymous: Jar = new Map();
      await visit(app, anonymous, (session) => session.update("n", () => 1));
      await visit(app, anonymous, (session) => session.logout()).catch(({ code }) => {
        expect(code).toBe("ERR_STORE_FULL");
        refused += 1;
      });
    }
    expect(refused).toBeGreaterThan(0);
    await visit(app, jar, (session) => session.login({ id: "ann" }));
    expect(await whoIs(app, copy)).toBeNull();
    await visit(app, jar, (session) => session.logout());
    await visit(app, visitor, (session) => session.login({ id: "bob" }));
    expect(await whoIs(app, visitor)).toBe("bob");
    await app.sessions.revokeAll("bob");
    expect(await whoIs(app, visitor)).toBeNull();
  });
});

describe("a list that fails", () => {
  it("lets nobody in, as anyone", async () => {
    let fails = false;
    const memory = memoryStore();
    const revocations = {
      ...memory,
      async get(id: string) {
        if (fails) throw new StoreError("ERR_STORE_UNAVAILABLE", "gone");
        return memory.get(id);
      },
    };
    const app = testApp({ revocations });
    const jar = await loggedIn(app);
    fails = true;
    await expect(openRequest(app.sessions, jar)).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
    });
    fails = false;
    expect(await whoIs(app, jar)).toBe("ann");
  });

  it("damaged, ends the sessions it speaks of", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    await app.sessions.revokeAll("ann");
    const entry = await app.revocations.get("revoked-owner:session:ann");
    if (entry === null) throw new Error("no entry");
    for (const data of ["{", "[]", "null", '{"epoch":1}', '{"epoch":"a","except":{"id":1}}']) {
      entry.version += 1;
      await app.revocations.replace({ ...entry, data });
      expect(await whoIs(app, jar)).toBeNull();
    }
  });
});
