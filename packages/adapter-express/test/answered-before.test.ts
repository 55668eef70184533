// Something else, a timeout say, may have answered before Latchkey comes to it: that answer stands,
// and no rejection goes unhandled.

import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@latchkey/session-core";
import express5, { type RequestHandler } from "express";
import express4 from "express4";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { alpha, login } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

let rejections: unknown[] = [];
const rejected = (reason: unknown): void => void rejections.push(reason);
beforeEach(() => {
  rejections = [];
  process.on("unhandledRejection", rejected);
});
afterEach(() => void process.off("unhandledRejection", rejected));

const timeout: RequestHandler = (_req, res, next) => {
  next();
  res.end("too late");
};

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("%s", (_name, express) => {
  it.each(["/members", "/login", "/fault"])("%s", async (path) => {
    const auth = setUp();
    const app = express();
    app.use(auth.session, timeout);
    const slow = async (): Promise<boolean> => {
      await sleep(20);
      return false;
    };
    app.get("/members", auth.require(slow));
    app.use("/login", auth.login(login, { delay: "1ms" }));
    app.get("/fault", (_req, _res, next) => {
      next(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
    });
    app.use(auth.errors);
    const { fetch } = await serve(app);
    const wrong = { ...alpha, body: '{"user":"alpha","password":"wrong"}' };
    const reply = await fetch(path, path === "/login" ? wrong : {});
    expect(reply).toMatchObject({ status: 200, body: "too late" });
    await sleep(60);
    expect(rejections).toEqual([]);
  });
});
