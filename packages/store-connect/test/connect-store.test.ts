// What connectStore says of stores that hang, fail or can't list, and how records are kept.

import { performance } from "node:perf_hooks";
import { createSessions, type Store } from "@latchkey/session-core";
import session from "express-session";
import { describe, expect, it } from "vitest";
import { connectStore, type ExpressSessionStore } from "../src/index.ts";

const record = (id = "session:a") => ({
  id,
  owner: "session:ada",
  data: "{}",
  createdAt: Date.now(),
  seenAt: Date.now(),
  expiresAt: Date.now() + 60_000,
  version: 1,
});

const unavailable = { name: "StoreError", code: "ERR_STORE_UNAVAILABLE" };

function storeWith(changes: Partial<ExpressSessionStore>): ExpressSessionStore {
  return Object.assign(new session.MemoryStore(), changes);
}

describe("a store that", () => {
  it("answered while this process was held up has answered in time", async () => {
    const store = connectStore(new session.MemoryStore(), { timeout: "50ms" });
    const answer = await new Promise((resolve) => {
      // From here, timers come before what MemoryStore answers.
      setImmediate(() => {
        const asked = store.get("session:a");
        const end = performance.now() + 100;
        while (performance.now() < end);
        resolve(asked);
      });
    });
    expect(answer).toBe(null);
  });

  it("hangs is an error in time, for everyone in the queue", async () => {
    const hanging = { get: () => {}, set: () => {}, destroy: () => {}, all: () => {} };
    const store = connectStore(hanging, { timeout: "30ms" });
    const started = Date.now();
    const calls: ((store: Store) => Promise<unknown>)[] = [
      (one) => one.get("session:a"),
      (one) => one.create(record()),
      (one) => one.create(record()),
      (one) => one.delete("session:a"),
      (one) => one.listByOwner("session:ada", 10),
      (one) => one.deleteByOwner("session:ada"),
      (one) => one.scan("", null, 10),
    ];
    const results = await Promise.allSettled(calls.map((call) => call(store)));
    for (const result of results) {
      expect(result).toMatchObject({ status: "rejected", reason: unavailable });
    }
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it("hung once gives the next caller its turn", async () => {
    let hang = true;
    const memory = new session.MemoryStore();
    const store = connectStore(
      {
        get: (sid, done) => (hang ? undefined : memory.get(sid, done)),
        set: (sid, value, done) => memory.set(sid, JSON.parse(JSON.stringify(value)), done),
        destroy: (sid, done) => memory.destroy(sid, done),
      },
      { timeout: "50ms" },
    );
    await expect(store.create(record())).rejects.toMatchObject(unavailable);
    hang = false;
    await expect.poll(() => store.create(record()).catch(() => false)).toBe(true);
  });

  it.each(["create", "replace", "touch"] as const)(
    "is late with a %s can't bring a record back that was deleted meanwhile",
    async (write) => {
      const memory = new session.MemoryStore();
      const late: (() => void)[] = [];
      let slow = write === "create";
      const store = connectStore(
        storeWith({
          get: memory.get.bind(memory),
          destroy: memory.destroy.bind(memory),
          set(sid, value, done) {
            const text = JSON.stringify(value);
            const set = (): void => memory.set(sid, JSON.parse(text), done);
            if (slow) late.push(set);
            else set();
          },
        }),
        { timeout: "200ms" },
      );
      const first = record();
      if (write !== "create") await store.create(first);
      slow = true;
      const writing = {
        create: () => store.create(first),
        replace: () => store.replace({ ...first, version: 2 }),
        touch: () => store.touch(first.id, first.seenAt + 1, first.expiresAt + 1),
      };
      await expect(writing[write]()).rejects.toMatchObject(unavailable);
      slow = false;
      // It can't be told to be gone yet: the write before it is still under way.
      await expect(store.delete(first.id)).rejects.toMatchObject(unavailable);
      for (const set of late) set();
      await expect.poll(() => store.get(first.id).catch(() => "not known")).toBe(null);
    },
  );

  it.each([
    [
      "calls back with an error",
      { get: (_: string, done: (error: Error) => void) => done(new Error("away")) },
    ],
    [
      "throws",
      {
        get: () => {
          throw new Error("away");
        },
      },
    ],
    [
      "rejects",
      {
        get: async () => {
          throw new Error("away");
        },
      },
    ],
  ])("%s is an error with its cause", async (_, changes) => {
    const store = connectStore(storeWith(changes));
    const error = await store.get("session:a").catch((thrown) => thrown);
    expect(error).toMatchObject({ ...unavailable, cause: { message: "away" } });
    expect(error.message).not.toContain("session:a");
  });

  it("says ENOENT for what is not there has nothing there", async () => {
    const absent = Object.assign(new Error("no such file"), { code: "ENOENT" });
    const store = connectStore(storeWith({ get: (_, done) => done(absent) }));
    expect(await store.get("session:a")).toBe(null);
  });

  it("has no all() keeps records, and refuses to list them rather than to find none", async () => {
    const memory = new session.MemoryStore();
    const { get, set, destroy } = memory;
    const plain = { get: get.bind(memory), set: set.bind(memory), destroy: destroy.bind(memory) };
    const store = connectStore(plain);
    expect(await store.create(record())).toBe(true);
    expect(await store.get("session:a")).toMatchObject({ owner: "session:ada" });
    await expect(store.listByOwner("session:ada", 10)).rejects.toMatchObject(unavailable);
    await expect(store.deleteByOwner("session:ada")).rejects.toMatchObject(unavailable);
    await expect(store.scan("", null, 10)).rejects.toThrow(/no all\(\)/);
    expect(await store.deleteExpired(10)).toBe(0);
    expect(await store.delete("session:a")).toBe(true);
  });

  it("also has the sessions of an old application leaves those alone", async () => {
    const memory = new session.MemoryStore();
    const cookie = { originalMaxAge: 60_000, expires: new Date(Date.now() + 60_000) };
    const old = JSON.parse(JSON.stringify({ cookie, userId: "ada" }));
    await new Promise<void>((resolve) => memory.set("old", old, () => resolve()));
    const store = connectStore(memory);
    await store.create(record());
    const page = await store.scan("", null, 10);
    expect(page.records.map(({ id }) => id)).toEqual(["session:a"]);
    expect(await store.get("old")).toBe(null);
    expect(await store.deleteByOwner("session:ada")).toBe(1);
    expect(
      Object.keys(
        await new Promise<object>((resolve) => memory.all((_, all) => resolve(all ?? {}))),
      ),
    ).toEqual(["old"]);
  });
});

it("keeps the sessions of session-core: listed, revoked, logged out", async () => {
  const store = connectStore(new session.MemoryStore());
  const keys = ["a secret of thirty-two characters or more"];
  const sessions = createSessions({ store, keys });
  const exchange = {
    method: "GET",
    url: "/",
    protocol: "http" as const,
    host: "localhost",
    ip: "127.0.0.1",
    getHeader: () => undefined,
    appendHeader: () => {},
  };
  const [one, two] = [await sessions.open(exchange), await sessions.open(exchange)];
  await one.login({ id: "ada" });
  await two.login({ id: "ada" });
  expect(await sessions.list("ada")).toHaveLength(2);
  await one.logout();
  expect(await sessions.revokeAll("ada")).toBe(1);
  expect(await sessions.list("ada")).toEqual([]);
});

it("a wrong option is a TypeError that names it", () => {
  const memory = new session.MemoryStore();
  // @ts-expect-error: not a length of time
  expect(() => connectStore(memory, { timeout: 400 })).toThrow(/timeout/);
  // @ts-expect-error: no such store
  expect(() => connectStore({ get() {} })).toThrow(/store/);
});
