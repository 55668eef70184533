// A move that fails half-way, or whose process dies there, is finished by a later request.

import type { StoredRecord } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import session from "express-session";
import { describe, expect, it } from "vitest";
import { expressSessionCookie, koaSessionCookie } from "../src/index.ts";
import { type Faults, faults, faultyOldStore, faultyStore } from "./faults.ts";
import { type NewApp, newExpressApp, newPlainApp, type Options } from "./new-apps.ts";
import { expressApp, secret } from "./old-apps.ts";
import { koaApp } from "./old-koa-app.mjs";
import { type Browser, browser, get, serve } from "./serve.ts";

interface World {
  old: number;
  /** Two processes of the new application, as far as it can tell, over the same stores. */
  now: number;
  peer: number;
  next: NewApp;
  faults: Faults;
  ada: Browser;
  header: string;
  wait(ms: number): void;
  oldIds(): Promise<string[]>;
  records(prefix: string): Promise<StoredRecord[]>;
}

const MINUTES = 60_000;

/** @param from `express-session` is kept on a server, `koa-session` in the cookie alone. */
async function world(
  from: "express-session" | "koa-session",
  options: Partial<Options> = {},
  maxAge: number | null = 60 * MINUTES,
): Promise<World> {
  let time = Date.now();
  const trouble = faults();
  const backend = memoryStore({ now: () => time });
  const store = faultyStore(backend, trouble.call);
  const kept = new session.MemoryStore();
  const cookie = maxAge === null ? {} : { maxAge };
  const onServer = from === "express-session";
  const old = await serve(onServer ? expressApp(kept, { cookie }) : koaApp(secret));
  const accepted = onServer
    ? expressSessionCookie({ store: faultyOldStore(kept, trouble.call), secret })
    : koaSessionCookie({ keys: [secret] });
  const ada = browser();
  await ada.get(old, "/login");
  const all: Options = { from: [accepted], now: () => time, ...options, store };
  const next = onServer ? newExpressApp(all) : newPlainApp(all);
  const peer = onServer ? newExpressApp(all) : newPlainApp(all);
  return {
    old,
    now: await serve(next.app),
    peer: await serve(peer.app),
    next,
    faults: trouble,
    ada,
    header: [...ada.jar].map(([name, value]) => `${name}=${value}`).join("; "),
    wait: (ms) => {
      time += ms;
    },
    oldIds: () =>
      new Promise((resolve, reject) =>
        kept.all((error, found) => (error ? reject(error) : resolve(Object.keys(found ?? {})))),
      ),
    records: async (prefix) => (await backend.scan(prefix, null, 1000)).records,
  };
}

/** What must hold once a move is done, however it came to that. */
async function isOver({ now, peer, header, wait, oldIds, records }: World): Promise<void> {
  expect(await oldIds()).toEqual([]);
  const before = await records("session:");
  wait(10_000);
  for (const port of [now, peer]) {
    const copy = await get(port, "/me", header);
    expect(copy).toMatchObject({ status: 200, body: "nobody" });
    expect(copy.setCookies.join()).not.toMatch(/sid=[^;]/);
  }
  expect(await records("session:")).toEqual(before);
}

describe.each(["express-session", "koa-session"] as const)("a move from %s", (from) => {
  /** The calls of a move without a fault. */
  async function callsOf(): Promise<string[]> {
    const smooth = await world(from);
    expect((await get(smooth.now, "/me", smooth.header)).body).toBe("ada: tea");
    const calls = [...smooth.faults.names];
    await isOver(smooth);
    expect(calls.length).toBeGreaterThanOrEqual(4);
    return calls;
  }

  it("whose process dies at any of its calls is done by another process, later", async () => {
    for (const [index, name] of (await callsOf()).entries()) {
      const made = await world(from);
      made.faults.when((_name, count) => count > index);
      await get(made.now, "/me", made.header); // This answer never arrives.
      made.faults.when(null);
      made.wait(20 * MINUTES);
      expect((await made.ada.get(made.peer, "/me")).body, name).toBe("ada: tea");
      expect([...made.ada.jar.keys()], name).toEqual(["sid"]);
      await isOver(made);
      expect((await made.ada.get(made.now, "/me")).body, name).toBe("ada: tea");
    }
  });

  it("in which any call fails, having done its work or not, is done by a later request", async () => {
    for (const how of ["before", "after"] as const) {
      for (const [index, name] of (await callsOf()).entries()) {
        const made = await world(from);
        const where = `${how} ${name}`;
        made.faults.when((_name, count) => count === index + 1, how);
        const first = await made.ada.get(made.now, "/me");
        // With the last call the person is in already, and keeps the old cookie for the next request.
        if (name === "replace moved") expect(first.body, where).toBe("ada: tea");
        else expect(first.status, where).toBeGreaterThanOrEqual(500);
        expect(first.setCookies.join(), where).not.toMatch(/connect\.sid|koa/);
        made.wait(20 * MINUTES);
        expect((await made.ada.get(made.peer, "/me")).body, where).toBe("ada: tea");
        expect([...made.ada.jar.keys()], where).toEqual(["sid"]);
        await isOver(made);
        expect((await made.ada.get(made.now, "/me")).body, where).toBe("ada: tea");
      }
    }
  });

  it("that one process left half-way is finished by 50 requests at once on two", async () => {
    const made = await world(from);
    made.faults.when((name) => name === "replace moved");
    await get(made.now, "/me", made.header);
    made.wait(20 * MINUTES);
    made.faults.when(null);
    const ports = Array.from({ length: 50 }, (_, index) => (index % 2 ? made.now : made.peer));
    const answers = await Promise.all(ports.map((port) => get(port, "/me", made.header)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(["ada: tea"]));
    await isOver(made);
  });

  it("gives the moment to whoever's answer got lost, and not more", async () => {
    const made = await world(from);
    await get(made.now, "/me", made.header);
    made.wait(9_999);
    expect((await get(made.peer, "/me", made.header)).body).toBe("ada: tea");
    made.wait(1);
    expect((await get(made.peer, "/me", made.header)).body).toBe("nobody");
  });

  it("asks toUser again when it is retried", async () => {
    let role = "admin";
    const toUser = () => (role === "none" ? null : { user: { id: "ada", role } });
    const made = await world(from, { toUser });
    const failing = from === "express-session" ? "destroy old" : "create session";
    made.faults.when((name) => name === failing);
    expect((await get(made.now, "/me", made.header)).status).toBeGreaterThanOrEqual(500);
    expect(await made.records("session:")).toEqual([]);
    made.faults.when(null);
    role = "none";
    expect(await get(made.now, "/me", made.header)).toMatchObject({ status: 200, body: "nobody" });
    role = "member";
    expect((await get(made.now, "/me", made.header)).body).toMatch(/^ada/);
    const [record] = await made.records("session:");
    expect(record?.data).toContain("member");
    expect(record?.data).not.toContain("admin");
  });

  it("doesn't come to pass where toUser was slow, and others were done meanwhile", async () => {
    let goOn = (): void => {};
    const isSlow = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let count = 0;
    const made = await world(from, {
      async toUser() {
        count += 1;
        if (count === 1) await isSlow;
        return { user: { id: "ada" } };
      },
    });
    const late = get(made.now, "/me", made.header);
    await expect.poll(() => count).toBe(1);
    await made.ada.get(made.peer, "/me");
    await made.ada.get(made.peer, "/leave");
    made.wait(10_000);
    goOn();
    expect((await late).body).toBe("nobody");
    expect(await made.records("session:")).toEqual([]);
  });
});

it("a handler that the store fails after the move takes no cookie away", async () => {
  const made = await world("express-session");
  made.faults.when((name) => name === "replace session");
  const first = await made.ada.get(made.now, "/visit");
  expect(first).toMatchObject({ status: 503, setCookies: [] });
  made.faults.when(null);
  made.wait(9_999);
  expect((await made.ada.get(made.peer, "/visit")).body).toBe("ada: tea,milk");
  expect([...made.ada.jar.keys()]).toEqual(["sid"]);
});

describe("an old store that can only be read", () => {
  it("is an error each time, makes no sessions, and loses nobody", async () => {
    const made = await world("express-session");
    made.faults.when((name) => name === "destroy old");
    for (const port of [made.now, made.peer, made.now]) {
      expect(await made.ada.get(port, "/me")).toMatchObject({ status: 503, setCookies: [] });
      made.wait(5 * MINUTES);
    }
    expect(await made.records("session:")).toEqual([]);
    made.faults.when(null);
    expect((await made.ada.get(made.now, "/me")).body).toBe("ada: tea");
    await isOver(made);
  });

  it("beside a login makes no login of the old session afterwards, either", async () => {
    const { old, now, ada, header, faults, wait, records } = await world("express-session");
    await ada.get(old, "/login");
    ada.jar.delete("connect.sid");
    await ada.get(old, "/login");
    const beside = `connect.sid=${ada.jar.get("connect.sid")}`;
    ada.jar.set("connect.sid", header.slice("connect.sid=".length));
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
    ada.jar.set("connect.sid", beside.slice("connect.sid=".length));
    faults.when((name) => name === "destroy old");
    expect((await ada.get(now, "/me")).status).toBe(503);
    faults.when(null);
    wait(10 * MINUTES);
    expect((await get(now, "/me", beside)).body).toBe("nobody");
    expect(await records("session:")).toHaveLength(1);
  });
});

it("a move begun for a session without an end is good for a day, as its session would be", async () => {
  for (const [hours, body] of [
    [23, "ada: tea"],
    [24, "nobody"],
  ] as const) {
    const made = await world("express-session", {}, null);
    made.faults.when((name) => name === "create session");
    expect((await get(made.now, "/me", made.header)).status).toBe(503);
    made.faults.when(null);
    expect(await made.oldIds()).toEqual([]);
    made.wait(hours * 60 * MINUTES);
    expect((await get(made.now, "/me", made.header)).body).toBe(body);
  }
});
