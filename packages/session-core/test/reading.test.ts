import { describe, expect, it } from "vitest";
import { createKeyRing } from "../src/key-ring.ts";
import { formatSessionToken } from "../src/session-token.ts";
import { MINUTE, SECRET, START, testApp } from "./test-app.ts";

const NAME = "__Host-sid";
const unknownId = "A".repeat(24);
const genuine = formatSessionToken(createKeyRing([SECRET]), NAME, { id: unknownId, generation: 1 });

describe("what reading costs", () => {
  it("one get for a session that nobody changes, and no write", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit(async (session) => {
      session.data["cart"] = ["a", { b: 1 }];
      await session.login({ id: "ann", role: "member" });
    });
    app.store.calls.length = 0;
    await browser.visit((session) => {
      expect([session.id, session.user, session.data, session.mfa]).toBeDefined();
      expect(session.data).toEqual({ cart: ["a", { b: 1 }] });
      expect(session.checkCsrf(session.csrfToken())).toBe(true);
      expect(session.needsCommit()).toBe(false);
    });
    expect(app.store.calls).toEqual([expect.stringMatching(/^get session:[\w-]{24}$/)]);
    expect(browser.setCookies()).toEqual([]);
  });

  it("setting what is there already is no change", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      Object.assign(session.data, { b: 1, 2: "two", a: { x: [1] }, gone: undefined });
    });
    app.store.calls.length = 0;
    await browser.visit(async (session) => {
      Object.assign(session.data, { a: { x: [1] }, gone: undefined, 2: "two" });
      await session.save();
    });
    expect(app.store.calls).toHaveLength(1);
  });

  it("a visit is recorded at most once a minute, and never twice in a request", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    app.store.calls.length = 0;
    for (let visit = 0; visit < 120; visit++) {
      app.advance(1_000);
      const { session, finish } = await browser.open();
      await finish();
      expect(session.needsCommit()).toBe(false);
      await session.commit();
    }
    expect(app.store.calls.filter((call) => call.startsWith("get"))).toHaveLength(120);
    expect(app.store.calls.filter((call) => call.startsWith("touch"))).toHaveLength(2);
    expect(app.store.calls).toHaveLength(122);
  });
});

describe("an anonymous request", () => {
  it("costs no store call, no record and no cookie", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      expect([session.id, session.user, session.mfa]).toEqual([null, null, false]);
      expect(session.data).toEqual({});
      expect(session.createdAt).toBe(START);
      expect(session.visitedWithin("1d")).toBe(false);
      expect(session.checkCsrf(undefined)).toBe(false);
      expect(session.needsCommit()).toBe(false);
    });
    expect(app.store.calls).toEqual([]);
    expect(browser.setCookies()).toEqual([]);
  });
});

const badCookies = [
  ["row 15: a path", "../../etc/passwd"],
  ["row 15: __proto__", "__proto__"],
  ["row 15: a wildcard", "session:*"],
  ["row 15: NUL", "\0"],
  ["row 15: 10 kB", "A".repeat(10_240)],
  ["row 15: an operator of a document store", '{"$ne":null}'],
  ["empty", ""],
  ["an id alone", unknownId],
  ["an id without signature", `${unknownId}.1.`],
  ["row 21: a signature that is too short", genuine.slice(0, -1)],
  ["row 21: a signature that is too long", `${genuine}A`],
  ["row 21: no signature at all", `${unknownId}.1.${"A".repeat(43)}`],
  ["another generation with this signature", genuine.replace(".1.", ".2.")],
  ["the generation spelled differently", genuine.replace(".1.", ".01.")],
  ["another id with this signature", genuine.replace("A", "B")],
  ["the signature respelled", genuine.replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
  ["quotes around it", `"${genuine}"`],
  ["percent encoding", genuine.replaceAll(".", "%2E")],
  ["row 19: the cookie twice", `${genuine}; ${NAME}=${genuine}`],
] as const;

describe("forged and garbage cookies", () => {
  it.each(badCookies)("%s → anonymous, no store call, no cookie", async (_, value) => {
    const app = testApp();
    const browser = app.browser({ cookie: `${NAME}=${value}` });
    await browser.visit(async (session) => {
      expect([session.id, session.user]).toEqual([null, null]);
      await session.logout();
    });
    expect(app.store.calls).toEqual([]);
    expect(browser.setCookies()).toEqual([]);
  });
});

describe("a genuine cookie that the store doesn't know", () => {
  it("row 14: is one get, and its id is never adopted", async () => {
    const app = testApp();
    const browser = app.browser({ cookie: `${NAME}=${genuine}` });
    await browser.visit();
    expect(app.store.calls).toEqual([`get session:${unknownId}`]);
    expect(browser.setCookies()).toEqual([]);

    const id = await browser.visit(async (session) => {
      session.data["a"] = 1;
      await session.save();
      return session.id;
    });
    expect(id).toMatch(/^[\w-]{24}$/);
    expect(id).not.toBe(unknownId);
    expect([...app.store.records.keys()]).toEqual([`session:${id}`]);
  });

  it("row 12: 10,000 of them that log out are 0 writes and 0 cookies", async () => {
    const app = testApp();
    const ring = createKeyRing([SECRET]);
    for (let index = 0; index < 10_000; index++) {
      const id = index.toString().padStart(24, "x");
      const cookie = `${NAME}=${formatSessionToken(ring, NAME, { id, generation: 1 })}`;
      const browser = app.browser({ cookie });
      await browser.visit((session) => session.logout());
      expect(browser.setCookies()).toHaveLength(0);
    }
    expect(app.store.calls.filter((call) => !call.startsWith("get "))).toEqual([]);
    expect(app.store.records.size).toBe(0);
  });
});

describe("what is not readable", () => {
  it.each([
    ["not ours", "{}"],
    ["another format", "[2,1,1,{},null,{}]"],
    ["cut off", "[1,120,4,"],
    ["lengths that lie", "[1,999999,999999999,{},null,{}]"],
    ["a head that is no JSON", "[1,3,4,{a},null,{}]"],
    ["a head of the wrong shape", '[1,16,4,{"generation":1},null,{}]'],
  ])("a record that is %s → anonymous", async (_, data) => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    for (const record of app.store.records.values()) record.data = data;
    expect(await browser.visit((session) => session.user)).toBeNull();
    expect(await app.sessions.list("ann")).toEqual([]);
  });

  it("damaged data is an error that doesn't show it", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["token"] = "top-secret";
    });
    for (const record of app.store.records.values()) {
      record.data = record.data.replace('"top-secret"', "top-secret");
    }
    const { session } = await browser.open();
    const error = await Promise.resolve()
      .then(() => session.data)
      .catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: "ERR_SESSION_DATA" });
    expect(String(error)).not.toContain("top");
    expect(error).not.toHaveProperty("cause");
  });
});

describe("S9: what a session tells", () => {
  it("id, user, mfa, created, last seen and expires at", async () => {
    const app = testApp({ lifetime: "1d" });
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }, { mfa: true }));
    app.advance(MINUTE);
    await browser.visit();
    app.advance(MINUTE);
    await browser.visit(async (session) => {
      const seen = {
        createdAt: START,
        lastSeenAt: START + MINUTE,
        expiresAt: START + 24 * 60 * MINUTE,
      };
      expect(session.id).toMatch(/^[\w-]{24}$/);
      expect(session).toMatchObject({ user: { id: "ann" }, mfa: true, ...seen });
      session.data["a"] = 1;
      await session.save();
      expect(session).toMatchObject(seen);
    });
  });
});

describe("a store that fails", () => {
  it("is an error, never an anonymous session", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    app.store.before = () => Promise.reject(new Error("away"));
    await expect(browser.open()).rejects.toThrow("away");
    await expect(app.browser().open()).resolves.toBeDefined();
  });

  it("loses nothing silently: the write rejects, and can be tried again", async () => {
    const app = testApp();
    const browser = app.browser();
    const { session, finish } = await browser.open();
    session.data["a"] = 1;
    app.store.before = () => Promise.reject(new Error("away"));
    await expect(finish()).rejects.toThrow("away");
    app.store.before = async () => {};
    await finish();
    expect(await browser.visit((next) => next.data["a"])).toBe(1);
  });
});

describe("what is remembered between two requests", () => {
  it("is never shared: each has a user and data of its own", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit(async (session) => {
      session.data["a"] = 1;
      await session.login({ id: "ann", role: "member" });
    });
    for (let visit = 0; visit < 3; visit++) {
      const { session } = await browser.open(); // dropped without a commit
      expect(session.user).toEqual({ id: "ann", role: "member" });
      expect({ ...session.data }).toEqual({ a: 1 });
      Object.assign(session.user ?? {}, { role: "admin" });
      Object.assign(session.data, { a: 2, b: 3 });
    }
  });

  it("follows what another request wrote", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => void Object.assign(session.data, { n: 0 }));
    for (let visit = 1; visit < 5; visit++) {
      await browser.visit((session) => {
        expect(session.data["n"]).toBe(visit - 1);
        session.data["n"] = visit;
        expect(session.needsCommit()).toBe(true);
      });
    }
  });
});
