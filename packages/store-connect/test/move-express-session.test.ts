// From express-session, with a real old application and a real new one on Express.

import { createHmac } from "node:crypto";
import type { SessionInfo } from "@latchkey/session-core";
import session from "express-session";
import { describe, expect, it } from "vitest";
import { expressSessionCookie } from "../src/index.ts";
import { type NewApp, newExpressApp, type Options } from "./new-apps.ts";
import { expressApp, secret } from "./old-apps.ts";
import { type Browser, browser, get, serve } from "./serve.ts";

interface World {
  old: number;
  now: number;
  next: NewApp;
  store: session.MemoryStore;
  ada: Browser;
  /** Ada's `Cookie` header after her login in the old application. */
  header: string;
}

async function world(
  options: Partial<Options> = {},
  oldOptions: Partial<session.SessionOptions> = {},
): Promise<World> {
  const store = new session.MemoryStore();
  const old = await serve(expressApp(store, oldOptions));
  const ada = browser();
  await ada.get(old, "/login");
  const from = [expressSessionCookie({ store, secret })];
  const next = newExpressApp({ from, ...options });
  const header = `connect.sid=${ada.jar.get("connect.sid")}`;
  return { old, now: await serve(next.app), next, store, ada, header };
}

const idsIn = (store: session.MemoryStore): Promise<string[]> =>
  new Promise((resolve, reject) =>
    store.all((error, all) => (error ? reject(error) : resolve(Object.keys(all ?? {})))),
  );

const lastingOf = (info?: SessionInfo): number =>
  info === undefined ? 0 : info.expiresAt - info.createdAt;

describe("a person with a cookie of express-session", () => {
  it("is logged in without a login, with their data, and stays so", async () => {
    const { now, ada } = await world();
    expect(await ada.get(now, "/me")).toMatchObject({ status: 200, body: "ada: tea" });
    expect([...ada.jar.keys()]).toEqual(["sid"]);
    expect(await ada.get(now, "/me")).toMatchObject({ body: "ada: tea", setCookies: [] });
  });

  it("has one session, and the old one is destroyed", async () => {
    const { old, now, next, store, ada, header } = await world();
    await ada.get(now, "/me");
    expect(await next.sessions()).toHaveLength(1);
    expect(await idsIn(store)).toEqual([]);
    expect((await get(old, "/me", header)).body).toBe("nobody");
  });

  it("is not logged in again by the old cookie once the moment is over", async () => {
    let time = Date.now();
    const { now, next, store, ada, header } = await world({ now: () => time });
    const [id = ""] = await idsIn(store);
    const copy = await new Promise<session.SessionData>((resolve, reject) =>
      store.get(id, (error, found) => (found ? resolve(found) : reject(error))),
    );
    await ada.get(now, "/me");
    await ada.get(now, "/leave");
    time += 10_000;
    // Even if a request of the old application was under way, and wrote the session back.
    await new Promise<void>((resolve) => store.set(id, copy, () => resolve()));
    const again = await get(now, "/me", header);
    expect(again.body).toBe("nobody");
    expect(again.setCookies).toEqual([expect.stringMatching(/^connect\.sid=;.*Max-Age=0/)]);
    expect(await next.sessions()).toEqual([]);
    expect(await idsIn(store)).toEqual([]);
  });

  it("sends 50 requests at once: each is answered as theirs, and the old session is gone", async () => {
    const { now, next, store, header } = await world();
    const answers = await Promise.all(Array.from({ length: 50 }, () => get(now, "/me", header)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(["ada: tea"]));
    for (const { setCookies } of answers) {
      expect(setCookies.map((line) => line.split("=")[0]).sort()).toEqual(["connect.sid", "sid"]);
    }
    expect((await next.sessions()).length).toBeLessThanOrEqual(50);
    expect(await idsIn(store)).toEqual([]);
  });

  it("with an anonymous session beside it is logged in by each of 20 requests at once", async () => {
    const { now, next, header } = await world();
    const visitor = browser();
    await visitor.get(now, "/fill");
    const both = `sid=${visitor.jar.get("sid")}; ${header}`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(now, "/me", both)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(["ada: tea"]));
    expect((await next.sessions()).length).toBeLessThanOrEqual(20);
  });

  it("keeps no longer than what was left of the old session", async () => {
    const { now, next, ada } = await world();
    await ada.get(now, "/me");
    const [one] = await next.sessions();
    expect(lastingOf(one)).toBeGreaterThan(3_000_000);
    expect(lastingOf(one)).toBeLessThanOrEqual(3_600_000);
  });

  it("keeps longer, or less, where the options say so", async () => {
    const longer = await world({ lengthen: true, lifetime: "2h" });
    await longer.ada.get(longer.now, "/me");
    const [one] = await longer.next.sessions();
    expect(Math.round(lastingOf(one) / 1000)).toBe(7_200);
    const less = await world({ lifetime: "5m" });
    await less.ada.get(less.now, "/me");
    const [two] = await less.next.sessions();
    expect(Math.round(lastingOf(two) / 1000)).toBe(300);
  });

  it("keeps until the browser closes where the old cookie did", async () => {
    const { now, ada } = await world({}, { cookie: {} });
    const { setCookies } = await ada.get(now, "/me");
    const line = setCookies.find((one) => one.startsWith("sid="));
    expect(line).not.toContain("Max-Age");
  });

  it("is moved by any of several secrets", async () => {
    const store = new session.MemoryStore();
    const ada = browser();
    await ada.get(await serve(expressApp(store)), "/login");
    const from = [expressSessionCookie({ store, secret: ["a newer secret", secret] })];
    const now = await serve(newExpressApp({ from }).app);
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
  });
});

describe("nobody is logged in by", () => {
  async function refused(header: string, { now, next }: World): Promise<void> {
    const answer = await get(now, "/me", header);
    expect(answer).toMatchObject({ status: 200, body: "nobody" });
    expect(answer.setCookies.filter((line) => line.startsWith("sid="))).toEqual([]);
    expect(await next.stored()).toEqual([]);
  }

  it("forged, damaged, doubled and oversized cookies; the old store is not asked", async () => {
    const made = await world();
    const [id = ""] = await idsIn(made.store);
    let asked = 0;
    const { get: real } = made.store;
    made.store.get = (sid, callback) => {
      asked += 1;
      real.call(made.store, sid, callback);
    };
    const sign = (key: string): string => createHmac("sha256", key).update(id).digest("base64");
    const mac = sign(secret).replace(/=+$/, "");
    const cookie = (value: string): string => `connect.sid=${encodeURIComponent(value)}`;
    const bad = [
      cookie(id),
      cookie(`s:${id}`),
      cookie(`s:${id}.`),
      cookie(`s:${id}.${sign("another secret")}`),
      cookie(`s:${id}.${sign("")}`),
      cookie(`s:${id}.${mac}=`),
      cookie(`s:${id}.${mac.toLowerCase()}`),
      cookie(`s:${id}x.${mac}`),
      cookie(`s:.${createHmac("sha256", secret).update("").digest("base64").replace(/=+$/, "")}`),
      cookie(`j:{"userId":"ada"}`),
      "connect.sid=%",
      "connect.sid=%E0%A4%A",
      "connect.sid=",
      "connect.sid",
      `${made.header}; ${made.header}`,
      cookie(`s:${id}.${mac}${" ".repeat(1)}${"x".repeat(9000)}`),
    ];
    for (const header of bad) await refused(header, made);
    expect(asked).toBe(0);
    expect(await get(made.now, "/me", made.header)).toMatchObject({ body: "ada: tea" });
    expect(asked).toBe(1);
  });

  it("a session that has expired, or was logged out in the old application", async () => {
    const made = await world();
    await new Promise((resolve) => made.store.clear(resolve));
    const answer = await get(made.now, "/me", made.header);
    expect(answer.body).toBe("nobody");
    expect(answer.setCookies).toEqual([expect.stringMatching(/^connect\.sid=;.*Max-Age=0/)]);
    expect(await made.next.stored()).toEqual([]);
  });

  it("an expired session of a store that doesn't look at the time", async () => {
    const made = await world();
    const cookie = { originalMaxAge: 1, expires: new Date(Date.now() - 1).toISOString() };
    made.store.get = (_sid, callback) => {
      callback(null, JSON.parse(JSON.stringify({ cookie, userId: "ada" })));
    };
    const answer = await get(made.now, "/me", made.header);
    expect(answer.body).toBe("nobody");
    expect(await made.next.stored()).toEqual([]);
  });

  it("a session in which nobody was logged in: it stays as it is", async () => {
    const made = await world();
    const visitor = browser();
    await visitor.get(made.old, "/visit");
    expect(await visitor.get(made.now, "/me")).toMatchObject({ body: "nobody", setCookies: [] });
    expect(await idsIn(made.store)).toHaveLength(2);
    expect(await made.next.stored()).toEqual([]);
  });
});

describe("faults", () => {
  it("an old session beside a login is ended, and doesn't return after the logout", async () => {
    const { old, now, store, ada } = await world();
    await ada.get(now, "/me");
    await ada.get(old, "/login");
    expect([...ada.jar.keys()].sort()).toEqual(["connect.sid", "sid"]);
    const header = `connect.sid=${ada.jar.get("connect.sid")}`;
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
    expect([...ada.jar.keys()]).toEqual(["sid"]);
    expect(await idsIn(store)).toEqual([]);
    await ada.get(now, "/leave");
    expect((await get(now, "/me", header)).body).toBe("nobody");
  });

  it("an old store that hangs is an error after the timeout, and the cookie stays good", async () => {
    const made = await world();
    const hanging = Object.assign(new session.MemoryStore(), { get: () => {} });
    const from = [expressSessionCookie({ store: hanging, secret, timeout: "50ms" })];
    const now = await serve(newExpressApp({ from }).app);
    const answer = await get(now, "/me", made.header);
    expect(answer).toMatchObject({ status: 503, setCookies: [] });
    expect((await get(made.now, "/me", made.header)).body).toBe("ada: tea");
  });
});
