// From express-session with connect-redis, on a real Redis.

import { type RedisServer, startRedis } from "@latchkey/tools/redis";
import { missing, programs } from "@latchkey/tools/redis-programs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expressSessionCookie } from "../src/index.ts";
import { type Connected, connect } from "./connect-redis.ts";
import { newExpressApp } from "./new-apps.ts";
import { expressApp, secret } from "./old-apps.ts";
import { browser, get, serve } from "./serve.ts";

describe.skipIf(missing !== null)("express-session with connect-redis", () => {
  let server: RedisServer;
  let client: Connected;
  beforeAll(async () => {
    server = await startRedis(programs());
    client = await connect(server.port);
  }, 60_000);
  afterAll(async () => {
    client.close();
    await server.stop();
  });

  it("logs a person in without a login, also with 50 requests at once; the old is gone", async () => {
    const old = client.store("sess:");
    const before = await serve(expressApp(old));
    const ada = browser();
    await ada.get(before, "/login");
    const header = `connect.sid=${ada.jar.get("connect.sid")}`;
    expect((await get(before, "/me", header)).body).toBe("ada");
    // The new application has a store object of its own over the same Redis.
    const from = [expressSessionCookie({ store: client.store("sess:"), secret, timeout: "10s" })];
    const next = newExpressApp({ from });
    const now = await serve(next.app);
    const answers = await Promise.all(Array.from({ length: 50 }, () => get(now, "/me", header)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(["ada: tea"]));
    expect((await get(before, "/me", header)).body).toBe("nobody");
    expect(await old.ids()).toEqual([]);
    expect((await ada.get(now, "/me")).body).toBe("ada: tea");
    expect([...ada.jar.keys()]).toEqual(["sid"]);
  });

  it("answers with an error in time while Redis hangs, and moves the person afterwards", async () => {
    const ada = browser();
    await ada.get(await serve(expressApp(client.store("sess:"))), "/login");
    const from = [expressSessionCookie({ store: client.store("sess:"), secret })];
    const now = await serve(newExpressApp({ from }).app);
    server.freeze();
    const started = Date.now();
    const during = await ada.get(now, "/me");
    server.resume();
    expect(during).toMatchObject({ status: 503, setCookies: [] });
    expect(Date.now() - started).toBeLessThan(5_000);
    await expect.poll(async () => (await ada.get(now, "/me")).body).toBe("ada: tea");
  });
});
