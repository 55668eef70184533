// From koa-session, its sessions in the cookie or in a store, with a real old application.

import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { koaSessionCookie } from "../src/index.ts";
import { newPlainApp, type Options } from "./new-apps.ts";
import { secret } from "./old-apps.ts";
import { koaApp } from "./old-koa-app.mjs";
import { browser, get, serve } from "./serve.ts";

async function world(options: Partial<Options> = {}, oldOptions = {}) {
  const old = await serve(koaApp(secret, oldOptions));
  const ada = browser();
  await ada.get(old, "/login");
  const header = [...ada.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const next = newPlainApp({ from: [koaSessionCookie({ keys: [secret] })], ...options });
  return { old, now: await serve(next.app), next, ada, header };
}

const sign = (text: string, key = secret): string =>
  createHmac("sha1", key).update(text).digest("base64url");

describe("a person with a cookie of koa-session", () => {
  it("is logged in without a login, and the old cookies are removed", async () => {
    const { now, ada } = await world();
    expect([...ada.jar.keys()].sort()).toEqual(["koa.sess", "koa.sess.sig"]);
    expect(await ada.get(now, "/me")).toMatchObject({ status: 200, body: "ada: tea" });
    expect([...ada.jar.keys()]).toEqual(["sid"]);
    expect(await ada.get(now, "/me")).toMatchObject({ body: "ada: tea", setCookies: [] });
  });

  it("is not logged in by a copy of the old cookie once the moment is over", async () => {
    let time = Date.now();
    const { now, next, ada, header } = await world({ now: () => time });
    await ada.get(now, "/me");
    await ada.get(now, "/leave");
    time += 10_000;
    expect((await get(now, "/me", header)).body).toBe("nobody");
    expect(await next.sessions()).toEqual([]);
  });

  it("sends 50 requests at once: each is answered as theirs", async () => {
    const { now, header } = await world();
    const answers = await Promise.all(Array.from({ length: 50 }, () => get(now, "/me", header)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(["ada: tea"]));
  });

  it("keeps no longer than the day that koa-session gave; a browser session stays one", async () => {
    const day = await world();
    await day.ada.get(day.now, "/me");
    const [info] = await day.next.sessions();
    expect(info!.expiresAt - info!.createdAt).toBeLessThanOrEqual(86_400_000);
    expect(info!.expiresAt - info!.createdAt).toBeGreaterThan(86_000_000);
    const closing = await world({}, { maxAge: "session" });
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
    const { now, ada } = await world({ from }, { store });
    expect(kept.size).toBe(1);
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
    expect(kept.size).toBe(0);
  });

  it("is moved by older keys, and by a Keygrip", async () => {
    const older = await world({ from: [koaSessionCookie({ keys: ["a newer key", secret] })] });
    expect((await older.ada.get(older.now, "/me")).body).toBe("ada: tea");
    const verify = (text: string, mac: string): boolean => sign(text) === mac;
    const keygrip = await world({ from: [koaSessionCookie({ keys: { verify } })] });
    expect((await keygrip.ada.get(keygrip.now, "/me")).body).toBe("ada: tea");
  });
});

it("nobody is logged in by forged, unsigned, damaged and expired cookies", async () => {
  const { now, next, ada } = await world();
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
