import { describe, expect, it } from "vitest";
import { loggedIn } from "./logged-in.ts";
import { testApp } from "./test-app.ts";

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

  it("a property of the session itself, as other libraries have it, is refused, not lost", async () => {
    const { session } = await testApp().browser().open();
    expect(() => Object.assign(session, { cart: 1 })).toThrow(TypeError);
  });

  it("a callback for save, as in express-session, is refused at once: nobody would call it", async () => {
    const { session } = await testApp().browser().open();
    // @ts-expect-error: it returns a promise
    expect(() => session.save(() => {})).toThrow(/^save takes no callback.*promise/);
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
