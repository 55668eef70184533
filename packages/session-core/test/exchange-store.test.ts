// What `createSessions` asks of a store that lives in the request, on the smallest one there can be.

import { describe, expect, it } from "vitest";
import type { Exchange } from "../src/exchange.ts";
import type { ExchangeStore, ExchangeStores } from "../src/exchange-store.ts";
import type { ExchangeCookie } from "../src/session-cookie.ts";
import { SessionError } from "../src/session-error.ts";
import { createSessions, type Sessions } from "../src/sessions.ts";
import { deferred } from "./deferred.ts";
import { mapStore } from "./map-store.ts";
import { SECRET, START, type TestExchange, testExchange, type User } from "./test-app.ts";

const PLAIN = { secure: false } as const;

/** Keeps its one record in a cookie, in the clear. */
function plainStores(): ExchangeStores & { calls: string[]; sealing: () => Promise<void> } {
  const calls: string[] = [];
  const stores = {
    calls,
    sealing: async (): Promise<void> => {},
    forExchange: (exchange: Exchange, cookie: ExchangeCookie): ExchangeStore => {
      const inside = mapStore(() => START);
      const sent = cookie.read(exchange);
      if (sent !== null) {
        const record = JSON.parse(Buffer.from(sent, "base64url").toString());
        inside.records.set(record.id, record);
      }
      let due = false;
      let late = false;
      const write = async (what: string, work: () => Promise<boolean>): Promise<boolean> => {
        calls.push(what);
        if (late) throw new SessionError("ERR_SESSION_LATE", "late");
        due = true;
        return work();
      };
      return {
        get due() {
          return due && !late;
        },
        get: (id) => inside.get(id),
        create: (record) => write("create", () => inside.create(record)),
        replace: (next) => write("replace", () => inside.replace(next)),
        touch: (id, ...times) => write("touch", () => inside.touch(id, ...times)),
        delete: (id) => write("delete", () => inside.delete(id)),
        rotate: (id, next) =>
          write("rotate", async () => (await inside.delete(id)) && inside.create(next)),
        async writeCookies(end) {
          if (!due || late) return;
          calls.push(`write ${JSON.stringify(end)}`);
          await stores.sealing();
          const [record] = inside.records.values();
          if (record === undefined) cookie.clear(exchange);
          else {
            const text = Buffer.from(JSON.stringify(record)).toString("base64url");
            cookie.write(exchange, text, null);
          }
          due = false;
        },
        sealHead() {
          late = true;
        },
      };
    },
  };
  return stores;
}

function testSessions(store: ExchangeStores): Sessions<User, Record<string, unknown>> {
  return createSessions({ store, keys: [SECRET], now: () => START, cookie: PLAIN });
}

/** A request with the cookies of an earlier response. */
function next(last: TestExchange): TestExchange {
  const cookie = last.setCookies.map((line) => line.split(";")[0]).join("; ");
  return testExchange({ cookie });
}

const names = ({ setCookies }: TestExchange): (string | undefined)[] =>
  setCookies.map((line) => line.split("=")[0]);

describe("a store that lives in the request", () => {
  it("writes its cookie once, before the session's own", async () => {
    const stores = plainStores();
    const exchange = testExchange();
    const session = await testSessions(stores).open(exchange);
    session.data["a"] = 1;
    await session.save();
    session.data["b"] = 2;
    expect(session.needsCommit()).toBe(true);
    await session.commit();
    expect(session.needsCommit()).toBe(false);
    await session.commit();
    const end = { endsAt: START + 30 * 86_400_000, browser: false };
    expect(stores.calls).toEqual(["create", "replace", `write ${JSON.stringify(end)}`]);
    expect(names(exchange)).toEqual(["sid-data", "sid"]);
    const again = await testSessions(stores).open(next(exchange));
    expect(again.data).toEqual({ a: 1, b: 2 });
    expect(again.needsCommit()).toBe(false);
  });

  it("gets a login as a new record in the place of the old one", async () => {
    const stores = plainStores();
    const sessions = testSessions(stores);
    const first = testExchange();
    const anonymous = await sessions.open(first);
    anonymous.data["a"] = 1;
    await anonymous.commit();
    const second = next(first);
    const session = await sessions.open(second);
    session.data["b"] = 2;
    await session.login({ id: "ann" });
    expect(session.id).not.toBe(anonymous.id);
    await session.commit();
    expect(stores.calls.slice(2, 3)).toEqual(["rotate"]);
    expect(names(second)).toEqual(["sid-data", "sid"]);
    const third = await sessions.open(next(second));
    expect([third.user, third.data]).toEqual([{ id: "ann" }, { a: 1, b: 2 }]);
    // The old and the new one don't mix.
    const [data = ""] = first.setCookies;
    const [, sid = ""] = second.setCookies;
    const mixed = testExchange({ cookie: `${data.split(";")[0]}; ${sid.split(";")[0]}` });
    expect((await sessions.open(mixed)).user).toBeNull();
  });

  it("clears both cookies with a logout", async () => {
    const sessions = testSessions(plainStores());
    const first = testExchange();
    const session = await sessions.open(first);
    await session.login({ id: "ann" });
    await session.commit();
    const second = next(first);
    const leaving = await sessions.open(second);
    await leaving.logout();
    await leaving.commit();
    expect(names(second)).toEqual(["sid-data", "sid"]);
    for (const line of second.setCookies) expect(line).toContain("Max-Age=0");
  });

  it("that has no room leaves the response without any cookie", async () => {
    const stores = plainStores();
    stores.sealing = () => Promise.reject(new SessionError("ERR_COOKIE_TOO_LARGE", "too large"));
    const exchange = testExchange();
    const session = await testSessions(stores).open(exchange);
    await session.login({ id: "ann" });
    await expect(session.commit()).rejects.toMatchObject({ code: "ERR_COOKIE_TOO_LARGE" });
    expect(exchange.setCookies).toEqual([]);
  });

  it("gets no write between the cookie and the head", async () => {
    const stores = plainStores();
    const { promise, resolve } = deferred();
    stores.sealing = () => promise;
    const session = await testSessions(stores).open(testExchange());
    session.data["a"] = 1;
    const committed = session.commit();
    await new Promise(setImmediate);
    const late = session.update("a", () => 2);
    resolve();
    await committed;
    await expect(late).rejects.toMatchObject({ code: "ERR_SESSION_LATE" });
  });

  it("knows nothing of other requests: no lists, and no revoking", async () => {
    const sessions = testSessions(plainStores());
    expect(await sessions.list("ann")).toEqual([]);
    expect(await sessions.listAll(null)).toEqual({ sessions: [], cursor: null });
    await expect(sessions.revokeAll("ann")).rejects.toThrow(TypeError);
    await expect(sessions.revoke("ann", "x")).rejects.toThrow(TypeError);
  });
});
