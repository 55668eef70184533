// Something else, a timeout say, may have answered before Latchkey comes to it: that answer stands,
// and nothing is thrown for it.

import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import type { TestRequest } from "@latchkey/tools/test-client";
import { expect, it } from "vitest";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";
import { alpha, login, storeWith } from "./shared/site-parts.ts";

it.each(["/members", "/open", "/login", "/csrf", "/fault"])("%s", async (path) => {
  const heard: unknown[] = [];
  const inner = memoryStore();
  const auth = setUp({ store: inner, onError: (error) => heard.push(error) });
  const slow = async (): Promise<boolean> => {
    await sleep(30);
    return path === "/open";
  };
  const [members, serveLogin] = [auth.require(slow), auth.login(login, { delay: "30ms" })];
  let done = false;
  const listener = auth.handle(async (req, res) => {
    res.end("too late");
    if (path === "/login") await serveLogin(req, res);
    else if (path === "/csrf") await auth.csrf(req, res);
    else if (path === "/fault") {
      const away = new StoreError("ERR_STORE_UNAVAILABLE", "the store is away");
      expect(await auth.errors(away, req, res)).toBe(false);
    } else await members(req, res);
    done = true;
  });
  const { fetch } = await serve(listener);
  const init: TestRequest = path === "/login" || path === "/csrf" ? { ...alpha } : {};
  const cross = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  const headers = path === "/csrf" ? { ...alpha.headers, ...cross } : alpha.headers;
  if (path === "/login") init.body = '{"user":"alpha","password":"wrong"}';
  expect((await fetch(path, { ...init, headers })).body).toBe("too late");
  await expect.poll(() => done || heard.length > 0, { timeout: 3_000 }).toBe(true);
  expect(heard).toEqual([]);
  expect(done).toBe(true);
});

it("an error page is not sent after an answer that came meanwhile", async () => {
  const auth = setUp({ store: storeWith({}) });
  const outcomes: unknown[] = [];
  const { fetch } = await serve(async (req, res) => {
    await auth.session(req, res);
    const page = auth.errors(new StoreError("ERR_STORE_UNAVAILABLE", "away"), req, res);
    res.end("too late");
    outcomes.push(await page.catch((error: unknown) => error));
  });
  expect((await fetch("/")).body).toBe("too late");
  await expect.poll(() => outcomes, { timeout: 3_000 }).toEqual([false]);
});
