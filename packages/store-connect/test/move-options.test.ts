// Several kinds of old cookies at once, what `toUser` may say, and wrong options.

import { memoryStore } from "@latchkey/store-memory";
import session from "express-session";
import { describe, expect, it } from "vitest";
import {
  expressSessionCookie,
  ironSessionCookie,
  koaSessionCookie,
  moveSessions,
} from "../src/index.ts";
import { newPlainApp, type Options } from "./new-apps.ts";
import { expressApp, secret } from "./old-apps.ts";
import { koaApp } from "./old-koa-app.mjs";
import { browser, serve } from "./serve.ts";

async function adaFromKoa(options: Partial<Options>) {
  const ada = browser();
  await ada.get(await serve(koaApp(secret)), "/login");
  const next = newPlainApp({ from: [koaSessionCookie({ keys: [secret] })], ...options });
  return { ada, now: await serve(next.app), next };
}

describe("old cookies of two kinds in one browser", () => {
  it("the first that has someone logged in is taken; the other is ended at the next request", async () => {
    const store = new session.MemoryStore();
    const from = [expressSessionCookie({ store, secret }), koaSessionCookie({ keys: [secret] })];
    const { ada, now } = await adaFromKoa({ from });
    await ada.get(await serve(expressApp(store)), "/visit");
    expect([...ada.jar.keys()].sort()).toEqual(["connect.sid", "koa.sess", "koa.sess.sig"]);
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
    expect([...ada.jar.keys()].sort()).toEqual(["connect.sid", "sid"]);
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
    expect([...ada.jar.keys()]).toEqual(["sid"]);
  });
});

describe("toUser", () => {
  it("may look the user up, and say nobody", async () => {
    const { ada, now, next } = await adaFromKoa({ toUser: async () => null });
    expect(await ada.get(now, "/me")).toMatchObject({ body: "nobody", setCookies: [] });
    expect(await next.stored()).toEqual([]);
  });

  it("that fails is the caller's error, and the old cookie stays good", async () => {
    let away = true;
    const { ada, now, next } = await adaFromKoa({
      toUser: async () => {
        if (away) throw new Error("the user table is away");
        return { user: { id: "ada" }, data: { cart: ["tea"] } };
      },
    });
    expect(await ada.get(now, "/me")).toMatchObject({ status: 500, setCookies: [] });
    expect(await next.stored()).toEqual([]);
    away = false;
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
  });

  it("that gives a user without a usable id is an error, and the old cookie stays good", async () => {
    let id: unknown = 42;
    const user = JSON.parse('{"id":"ada"}');
    const toUser = () => ({ user: Object.assign(user, { id }) });
    const { ada, now, next } = await adaFromKoa({ toUser });
    for (const wrong of [42, "", null, undefined]) {
      id = wrong;
      const answer = await ada.get(now, "/me");
      expect(answer).toMatchObject({ status: 500, setCookies: [] });
      expect(answer.body).toMatch(/TypeError: toUser .*id/);
      expect(await next.stored()).toEqual([]);
    }
    id = "ada";
    expect((await ada.get(now, "/me")).body).toMatch(/^ada/);
  });

  it("is not given what the old library keeps for itself", async () => {
    const seen: string[][] = [];
    const { ada, now } = await adaFromKoa({
      toUser: (old) => {
        seen.push(Object.keys(old));
        return null;
      },
    });
    await ada.get(now, "/me");
    expect(seen).toEqual([["userId", "cart"]]);
  });
});

it("the browser is told to remove the cookie where it was", () => {
  const options = { keys: [secret], path: "/app", domain: "example.com" };
  expect(koaSessionCookie(options).clear("koa.sess.sig")).toBe(
    "koa.sess.sig=; Path=/app; Domain=example.com; Max-Age=0; HttpOnly",
  );
  expect(koaSessionCookie({ keys: [secret] }).clear("__Host-koa")).toMatch(/; Secure$/);
});

it("a wrong option is a TypeError that names it", () => {
  const store = memoryStore();
  const old = new session.MemoryStore();
  const from = [koaSessionCookie({ keys: [secret] })];
  const toUser = () => null;
  const wrong: [RegExp, () => unknown][] = [
    [/from/, () => moveSessions({ store, from: [], toUser })],
    [/lifetime/, () => moveSessions({ store, from, toUser, lifetime: "401d" })],
    [/secret/, () => expressSessionCookie({ store: old, secret: "" })],
    [/secret/, () => expressSessionCookie({ store: old, secret: [] })],
    [/name/, () => expressSessionCookie({ store: old, secret, name: "a; b" })],
    [/path/, () => expressSessionCookie({ store: old, secret, path: "/; Secure" })],
    [/domain/, () => expressSessionCookie({ store: old, secret, domain: "a; b" })],
    [/keys/, () => koaSessionCookie({ keys: [] })],
    [/keys/, () => koaSessionCookie({ keys: [""] })],
    // @ts-expect-error: a password instead of a function
    [/unseal/, () => ironSessionCookie({ name: "a", unseal: "a password" })],
    // @ts-expect-error: an express-session store instead of a Latchkey store
    [/store/, () => moveSessions({ store: old, from, toUser })],
    // @ts-expect-error: no function
    [/toUser/, () => moveSessions({ store, from })],
  ];
  for (const [name, make] of wrong) {
    expect(make, String(name)).toThrow(TypeError);
    expect(make, String(name)).toThrow(name);
  }
});
