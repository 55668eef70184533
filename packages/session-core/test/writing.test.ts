import { describe, expect, it, vi } from "vitest";
import { deferred } from "./deferred.ts";
import { type Browser, type TestApp, testApp } from "./test-app.ts";

async function loggedIn(): Promise<{ app: TestApp; browser: Browser }> {
  const app = testApp();
  const browser = app.browser();
  await browser.visit((session) => session.login({ id: "ann" }));
  return { app, browser };
}

describe("S1: data", () => {
  it("is there in every later request, before and after login, in every process", async () => {
    const app = testApp();
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["cart"] = { items: [1, 2] };
    });
    expect(await browser.visit((session) => session.data)).toEqual({ cart: { items: [1, 2] } });
    await browser.visit((session) => session.login({ id: "ann" }));
    const restarted = { sessions: app.another() };
    expect(await browser.visit((session) => session.data, restarted)).toEqual({
      cart: { items: [1, 2] },
    });
  });

  const values: [unknown, unknown][] = [
    ["text ü \u2028 \ud800 \0", "text ü \u2028 \ud800 \0"],
    [0, 0],
    [-1.5e300, -1.5e300],
    [false, false],
    [null, null],
    ["", ""],
    [[], []],
    [{ a: [{ b: null }] }, { a: [{ b: null }] }],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [Number.NaN, null],
    [undefined, undefined],
  ];
  it.each(values)("keeps %j as JSON does", async (value, expected) => {
    const { browser } = await loggedIn();
    await browser.visit((session) => {
      session.data["key"] = value;
    });
    expect(await browser.visit((session) => session.data["key"])).toEqual(expected);
  });

  it.each([
    [
      "a cycle",
      () => {
        const cycle: Record<string, unknown> = {};
        cycle["self"] = cycle;
        return cycle;
      },
    ],
    ["a BigInt", () => 1n],
  ])("%s is refused and stays readable as it was", async (_, make) => {
    const { browser } = await loggedIn();
    const { session, finish } = await browser.open();
    session.data["key"] = make();
    await expect(finish()).rejects.toMatchObject({ code: "ERR_SESSION_DATA" });
    expect(await browser.visit((next) => next.data)).toEqual({});
  });

  it("keys can be deleted, and nested changes count", async () => {
    const { browser } = await loggedIn();
    await browser.visit((session) => {
      Object.assign(session.data, { gone: 1, deep: { list: [1] }, kept: true });
    });
    await browser.visit((session) => {
      delete session.data["gone"];
      const deep = session.data["deep"];
      if (typeof deep === "object" && deep !== null && "list" in deep) deep.list = [1, 2];
    });
    expect(await browser.visit((session) => session.data)).toEqual({
      deep: { list: [1, 2] },
      kept: true,
    });
  });

  it("row 22: __proto__ and constructor are plain keys, here and for everyone else", async () => {
    const { browser } = await loggedIn();
    const proto: string = "__proto__";
    await browser.visit(async (session) => {
      session.data[proto] = { polluted: true };
      session.data["constructor"] = 1;
      session.data["toString"] = 2;
      await session.update("hasOwnProperty", () => 3);
      await session.update("__proto__", (current) => ({ was: current }));
    });
    await browser.visit((session) => {
      expect(Object.entries(session.data)).toEqual([
        ["__proto__", { was: { polluted: true } }],
        ["constructor", 1],
        ["toString", 2],
        ["hasOwnProperty", 3],
      ]);
      expect(session.data["polluted"]).toBeUndefined();
      delete session.data[proto];
    });
    expect(await browser.visit((session) => Object.keys(session.data))).toEqual([
      "constructor",
      "toString",
      "hasOwnProperty",
    ]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

describe("row 4: parallel requests", () => {
  it.each([
    ["in one process", 1],
    ["in three processes", 3],
  ])("that set distinct keys keep all of them, %s", async (_, processes) => {
    const { app, browser } = await loggedIn();
    app.store.before = () => new Promise(setImmediate);
    const servers = Array.from({ length: processes }, () => app.another());
    const requests = await Promise.all(
      Array.from({ length: 60 }, (_unused, index) => {
        const sessions = servers[index % processes];
        return browser.open(sessions === undefined ? {} : { sessions });
      }),
    );
    await Promise.all(
      requests.map(({ session, finish }, index) => {
        session.data[`key${index}`] = index;
        return finish();
      }),
    );
    const data = await browser.visit((session) => session.data);
    expect(Object.keys(data)).toHaveLength(60);
  });

  it("that count with update() count exactly, across processes", async () => {
    const { app, browser } = await loggedIn();
    app.store.before = () => new Promise(setImmediate);
    const servers = [app.another(), app.another(), app.another()];
    const results = await Promise.all(
      Array.from({ length: 90 }, async (_unused, index) => {
        const sessions = servers[index % 3];
        const { session } = await browser.open(sessions === undefined ? {} : { sessions });
        return session.update("n", (n) => (typeof n === "number" ? n : 0) + 1);
      }),
    );
    expect(results.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 90 }, (_unused, index) => index + 1),
    );
    expect(await browser.visit((session) => session.data["n"])).toBe(90);
  });

  it("10,000 increments through three processes: 0 lost", async () => {
    const { app, browser } = await loggedIn();
    const servers = [app.another(), app.another(), app.another()];
    const requests = await Promise.all(
      servers.map(async (sessions) => (await browser.open({ sessions })).session),
    );
    const add = (n: unknown): number => (typeof n === "number" ? n : 0) + 1;
    await Promise.all(
      Array.from({ length: 10_000 }, (_unused, index) => requests[index % 3]?.update("n", add)),
    );
    expect(await browser.visit((session) => session.data["n"])).toBe(10_000);
  }, 60_000);

  it("one deletes a key while another sets a second one", async () => {
    const { browser } = await loggedIn();
    await browser.visit((session) => {
      Object.assign(session.data, { a: 1, b: 1 });
    });
    const [one, two] = [await browser.open(), await browser.open()];
    delete one.session.data["a"];
    two.session.data["b"] = 2;
    await one.finish();
    await two.finish();
    expect(await browser.visit((session) => session.data)).toEqual({ b: 2 });
  });
});

describe("update()", () => {
  it("takes changes that wait along, and writes once", async () => {
    const { app, browser } = await loggedIn();
    app.store.calls.length = 0;
    await browser.visit(async (session) => {
      session.data["n"] = 10;
      session.data["other"] = true;
      expect(await session.update("n", (n) => Number(n) + 1)).toBe(11);
      expect(session.data["n"]).toBe(11);
    });
    expect(await browser.visit((session) => session.data)).toEqual({ n: 11, other: true });
    expect(app.store.calls.filter((call) => call.startsWith("replace"))).toHaveLength(1);
  });

  it("deletes with undefined", async () => {
    const { browser } = await loggedIn();
    await browser.visit((session) => session.update("a", () => 1));
    await browser.visit((session) => session.update("a", () => undefined));
    expect(await browser.visit((session) => session.data)).toEqual({});
  });

  it("writes nothing when its function throws, or is async by mistake", async () => {
    const { app, browser } = await loggedIn();
    app.store.calls.length = 0;
    const { session, finish } = await browser.open();
    const fail = session.update("a", () => {
      throw new RangeError("no");
    });
    await expect(fail).rejects.toThrow(RangeError);
    await expect(session.update("a", async () => 1)).rejects.toThrow(/^update's function/);
    await finish();
    expect(app.store.calls).toHaveLength(1);
    expect(await session.update("a", () => 2)).toBe(2);
  });
});

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
