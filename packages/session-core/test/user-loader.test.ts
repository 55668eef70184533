import { describe, expect, it } from "vitest";
import { createUserLoader } from "../src/user-loader.ts";
import { deferred } from "./deferred.ts";
import { MINUTE, SECOND, START, testApp, type User } from "./test-app.ts";

describe("row 11: a user who is deleted or disabled", () => {
  it("has no session from the next request on, and its record is gone", async () => {
    const users = new Map<string, User>([["ann", { id: "ann", role: "admin" }]]);
    const app = testApp({ loadUser: (id) => users.get(id) ?? null });
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann", role: "admin" }));
    expect(await browser.visit((session) => session.user)).toEqual({ id: "ann", role: "admin" });

    users.set("ann", { id: "ann", role: "member" });
    expect(await browser.visit((session) => session.user?.role)).toBe("member");

    users.delete("ann");
    expect(await browser.visit((session) => [session.user, session.id])).toEqual([null, null]);
    expect(app.store.records.size).toBe(0);
    users.set("ann", { id: "ann" });
    expect(await browser.visit((session) => session.user)).toBeNull();
  });

  it("also when plain JavaScript says undefined for not found", async () => {
    const users: User[] = [{ id: "ann" }];
    // @ts-expect-error: `find` gives undefined
    const app = testApp({ loadUser: (id) => users.find((user) => user.id === id) });
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    users.pop();
    expect(await browser.visit((session) => session.user)).toBeNull();
    expect(app.store.records.size).toBe(0);
  });

  it("a failing user table is an error, never the snapshot and never anonymous", async () => {
    const app = testApp({
      loadUser: () => {
        throw new Error("user table away");
      },
    });
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    await expect(browser.open()).rejects.toThrow("user table away");
    expect(app.store.records.size).toBe(1);
  });

  it("nobody is asked about anonymous visitors", async () => {
    const asked: string[] = [];
    const app = testApp({
      loadUser: (id) => {
        asked.push(id);
        return { id };
      },
    });
    const browser = app.browser();
    await browser.visit((session) => {
      session.data["a"] = 1;
    });
    await browser.visit();
    expect(asked).toEqual([]);
  });
});

describe("asking at most every so often", () => {
  function loader(answer: (id: string) => User | null | Promise<User | null>) {
    let time = START;
    const asked: string[] = [];
    const ask = (id: string): User | null | Promise<User | null> => {
      asked.push(id);
      return answer(id);
    };
    const load = createUserLoader<User>(ask, "1m", () => time);
    if (load === null) throw new Error("no loader");
    const advance = (ms: number): void => {
      time += ms;
    };
    return { load, asked, advance };
  }

  it("1,000 requests at once are one question", async () => {
    const { load, asked } = loader(async (id) => ({ id }));
    const users = await Promise.all(Array.from({ length: 1_000 }, () => load("ann")));
    expect(users.every((user) => user?.id === "ann")).toBe(true);
    expect(asked).toEqual(["ann"]);
    await load("bob");
    expect(asked).toEqual(["ann", "bob"]);
  });

  it("an answer is as old as its question", async () => {
    const { load, asked, advance } = loader((id) => ({ id }));
    await load("ann");
    advance(MINUTE - 1);
    await load("ann");
    expect(asked).toHaveLength(1);
    advance(1);
    await load("ann");
    expect(asked).toHaveLength(2);
  });

  it("a clock that goes back doesn't keep an answer longer", async () => {
    const { load, asked, advance } = loader((id) => ({ id }));
    await load("ann");
    advance(-10 * MINUTE);
    await load("ann");
    expect(asked).toHaveLength(2);
  });

  it("a failure isn't remembered", async () => {
    let broken = true;
    const { load } = loader((id) => {
      if (broken) throw new Error("away");
      return { id };
    });
    await expect(load("ann")).rejects.toThrow("away");
    broken = false;
    expect(await load("ann")).toEqual({ id: "ann" });
  });

  it("a late failure doesn't take a newer answer along", async () => {
    const late = deferred<User | null>();
    const answers = [late.promise, Promise.resolve({ id: "ann" })];
    const { load, asked, advance } = loader(() => answers.shift() ?? null);
    const first = load("ann");
    advance(MINUTE);
    await load("ann");
    late.reject(new Error("away"));
    await expect(first).rejects.toThrow("away");
    expect(await load("ann")).toEqual({ id: "ann" });
    expect(asked).toHaveLength(2);
  });

  it("a question that is never answered is asked again after two seconds", async () => {
    const answers = [new Promise<User>(() => {}), Promise.resolve({ id: "ann" })];
    const { load, asked, advance } = loader(() => answers.shift() ?? null);
    void load("ann");
    advance(2 * SECOND - 1);
    void load("ann");
    expect(asked).toHaveLength(1);
    advance(1);
    expect(await load("ann")).toEqual({ id: "ann" });
    advance(MINUTE - 1);
    expect(await load("ann")).toEqual({ id: "ann" });
    expect(asked).toHaveLength(2);
  });

  it("nobody isn't remembered: who is let in again is let in at once", async () => {
    const users = new Map<string, User>();
    const { load, advance } = loader((id) => users.get(id) ?? null);
    expect(await load("ann")).toBeNull();
    users.set("ann", { id: "ann" });
    advance(SECOND);
    expect(await load("ann")).toEqual({ id: "ann" });
  });

  it("remembers 10,000 users, not more", async () => {
    const { load, asked } = loader((id) => ({ id }));
    for (let index = 0; index <= 10_000; index++) await load(`user-${index}`);
    asked.length = 0;
    await load("user-10000");
    await load("user-1");
    expect(asked).toEqual([]);
    await load("user-0");
    expect(asked).toEqual(["user-0"]);
  });

  it("loadUserEvery without loadUser is a mistake that is told", () => {
    expect(() => testApp({ loadUserEvery: "1m" })).toThrow(/^loadUserEvery needs loadUser/);
  });
});
