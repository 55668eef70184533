// From koa-session, its sessions in the cookie or in a store, with a real old application.

import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { koaSessionCookie } from "../src/index.ts";
import { movedSuite, world } from "./moved-suite.ts";
import type { Options } from "./new-apps.ts";
import { secret } from "./old-apps.ts";
import { koaApp } from "./old-koa-app.mjs";
import { get } from "./serve.ts";

const from = [koaSessionCookie({ keys: [secret] })];

function koaWorld(options: Partial<Options> = {}, oldOptions = {}) {
  return world(koaApp(secret, oldOptions), { from, ...options });
}

const sign = (text: string, key = secret): string =>
  createHmac("sha1", key).update(text).digest("base64url");

describe("a person with a cookie of koa-session", () => {
  movedSuite(koaWorld, ["koa.sess", "koa.sess.sig"]);

  it("keeps no longer than the day that koa-session gave; a browser session stays one", async () => {
    const day = await koaWorld();
    await day.ada.get(day.now, "/me");
    const [info] = await day.next.sessions();
    expect(info!.expiresAt - info!.createdAt).toBeLessThanOrEqual(86_400_000);
    expect(info!.expiresAt - info!.createdAt).toBeGreaterThan(86_000_000);
    const closing = await koaWorld({}, { maxAge: "session" });
    const { setCookies } = await closing.ada.get(closing.now, "/me");
    expect(setCookies.find((line) => line.startsWith("sid="))).not.toContain("Max-Age");
  });

  it("is moved from a store, and the session there is destroyed", async () => {
    const kept = new Map<string, unknown>();
    const store = {
      get: async (key: string) => kept.get(key),
      set: async (key: string, value: unknown) => void kept.set(key, value),
      destroy: async (key: string) => void kept.delete(key),
    };
    const from = [koaSessionCookie({ keys: [secret], store })];
    const { now, ada } = await koaWorld({ from }, { store });
    expect(kept.size).toBe(1);
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
    expect(kept.size).toBe(0);
  });

  it("is moved by older keys, and by a Keygrip", async () => {
    const older = await koaWorld({ from: [koaSessionCookie({ keys: ["a newer key", secret] })] });
    expect((await older.ada.get(older.now, "/me")).body).toBe("ada: tea");
    const verify = (text: string, mac: string): boolean => sign(text) === mac;
    const keygrip = await koaWorld({ from: [koaSessionCookie({ keys: { verify } })] });
    expect((await keygrip.ada.get(keygrip.now, "/me")).body).toBe("ada: tea");
  });
});

it("nobody is logged in by forged, unsigned, damaged and expired cookies", async () => {
  const { now, next, ada } = await koaWorld();
  const value = ada.jar.get("koa.sess") ?? "";
  const mac = ada.jar.get("koa.sess.sig") ?? "";
  const encode = (data: unknown): string => Buffer.from(JSON.stringify(data)).toString("base64");
  const signed = (text: string): string =>
    `koa.sess=${text}; koa.sess.sig=${sign(`koa.sess=${text}`)}`;
  const other = encode({ userId: "ada", _expire: Date.now() + 9e6, _maxAge: 9e6 });
  const bad = [
    `koa.sess=${value}`,
    `koa.sess=${value}; koa.sess.sig=`,
    `koa.sess=${value}; koa.sess.sig=${mac}=`,
    `koa.sess=${other}; koa.sess.sig=${mac}`,
    `koa.sess=${value}; koa.sess.sig=${sign(`koa.sess=${value}`, "another key")}`,
    `koa.sess=${value}; koa.sess=${value}; koa.sess.sig=${mac}`,
    signed("not json"),
    signed(encode(null)),
    signed(encode(["ada"])),
    signed(encode({ userId: "ada", _expire: Date.now() - 1, _maxAge: 9e6 })),
    signed("x".repeat(5_000)),
  ];
  for (const header of bad) {
    const answer = await get(now, "/me", header);
    expect(answer).toMatchObject({ status: 200, body: "nobody" });
    expect(answer.setCookies.filter((line) => line.startsWith("sid="))).toEqual([]);
  }
  expect(await next.stored()).toEqual([]);
  expect((await get(now, "/me", signed(other))).body).toBe("ada: undefined");
});
