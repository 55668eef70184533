// F7: how long a browser may keep what only somebody logged in may see.

import { createSessions, type LiveSession, type LoginLifetime } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, test } from "vitest";
import { privateCache, sayPrivate, settleCache } from "../src/private-cache.ts";
import { RequestState } from "../src/request-state.ts";
import { type Data, type RequestInit, START, testExchange, type User } from "./test-app.ts";

type State = RequestState<User, Data>;

/** What a browser sends that is about to show what it gets. */
const SHOWN = { headers: { "sec-fetch-dest": "document" } };

/** The state of a request whose session has just logged in. */
async function loggedIn(lifetime: LoginLifetime, init: RequestInit = {}): Promise<State> {
  const session = await opened();
  await session.login({ id: "alice" }, lifetime);
  return new RequestState(testExchange(init), session);
}

async function opened(): Promise<LiveSession<User, Data>> {
  const now = (): number => START;
  const keys = ["a secret of thirty-two characters or more"];
  const sessions = createSessions<User, Data>({ store: memoryStore({ now }), keys, now });
  return sessions.open(testExchange());
}

describe("a page of a session with an idle timeout", () => {
  test.each<[string, LoginLifetime, RequestInit]>([
    ["is kept for as long", { idle: "864s" }, SHOWN],
    ["within another", { idle: "864s" }, { headers: { "sec-fetch-dest": "iframe" } }],
    ["HEAD, too", { idle: "864s" }, { ...SHOWN, method: "HEAD" }],
    ["is kept no longer than the session lasts", { lifetime: "864s", idle: "1d" }, SHOWN],
    ["in whole seconds", { idle: "864.9s" }, SHOWN],
  ])("%s", async (_name, lifetime, init) => {
    expect(privateCache(await loggedIn(lifetime, init))).toBe("private, max-age=864");
  });
});

describe("is asked for each time", () => {
  const idle = { idle: "1h" } as const;
  test.each<[string, LoginLifetime, RequestInit]>([
    ["without an idle timeout", { idle: "off" }, SHOWN],
    ["what a form sends", idle, { ...SHOWN, method: "POST" }],
    ["what doesn't say what for: curl, scripts over http", idle, { headers: { accept: "*/*" } }],
    ["an image", idle, { headers: { "sec-fetch-dest": "image" } }],
    ["a worker", idle, { headers: { "sec-fetch-dest": "worker" } }],
    ["an object", idle, { headers: { "sec-fetch-dest": "object" } }],
    ["what a program asks for", idle, { headers: { accept: "application/json" } }],
    ["AJAX", idle, { headers: { "x-requested-with": "XMLHttpRequest" } }],
    ["fetch()", idle, { headers: { "sec-fetch-dest": "empty" } }],
    [
      "fetch() of a part of a page",
      idle,
      { headers: { "sec-fetch-dest": "empty", accept: "text/html" } },
    ],
  ])("%s", async (_name, lifetime, init) => {
    expect(privateCache(await loggedIn(lifetime, init))).toBe("private, no-cache");
  });

  test("whoever isn't logged in, or is by a credential of the request", async () => {
    const exchange = testExchange(SHOWN);
    expect(privateCache(new RequestState(exchange, await opened()))).toBe("private, no-cache");
    expect(privateCache(new RequestState<User, Data>(exchange, null))).toBe("private, no-cache");
    const state = await loggedIn(idle, SHOWN);
    const user = { id: "robot" };
    state.accept({ user, via: "badge", scopes: [], mfa: false, roleAccount: false });
    expect(privateCache(state)).toBe("private, no-cache");
  });
});

describe("the header of what a guard lets through", () => {
  test("says at once for which cookies it is kept, whatever becomes of the answer", () => {
    const headers = new Headers({ vary: "Accept-Encoding" });
    const said = "private, max-age=864";
    expect(sayPrivate(said, headers)).toBe(said);
    expect(headers.get("cache-control")).toBe(said);
    expect(headers.get("vary")).toBe("Accept-Encoding, Cookie");
  });

  test("says no more where nothing is kept", () => {
    const headers = new Headers();
    expect(sayPrivate("private, no-cache", headers)).toBe(null);
    expect([...headers]).toEqual([["cache-control", "private, no-cache"]]);
  });
});

describe("once the status is known", () => {
  const kept = "private, max-age=864";
  function settled(status: number, more: Record<string, string> = {}, said: string | null = kept) {
    const headers = new Headers({ "cache-control": kept, ...more });
    settleCache(said, status, headers);
    return [headers.get("cache-control"), headers.get("vary")];
  }

  test.each([200, 206, 304])("%i is kept, for the same cookies only", (status) => {
    expect(settled(status)).toEqual([kept, "Cookie"]);
    expect(settled(status, { vary: "Accept-Encoding" })).toEqual([kept, "Accept-Encoding, Cookie"]);
    expect(settled(status, { vary: "cookie, Accept" })).toEqual([kept, "cookie, Accept"]);
    expect(settled(status, { vary: "*" })).toEqual([kept, "*"]);
    expect(settled(status, { vary: "X-Cookie" })).toEqual([kept, "X-Cookie, Cookie"]);
  });

  test.each([204, 301, 302, 303, 400, 404, 410, 500, 503])("%i is not kept", (status) => {
    expect(settled(status)).toEqual(["private, no-cache", null]);
  });

  test("a handler's own stays", () => {
    expect(settled(404, { "cache-control": "public" })).toEqual(["public", null]);
    expect(settled(200, { "cache-control": "private, max-age=5" })).toEqual([
      "private, max-age=5",
      null,
    ]);
    expect(settled(404, {}, null)).toEqual([kept, null]);
  });
});
