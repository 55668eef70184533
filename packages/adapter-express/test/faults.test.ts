// A store that fails is an error for whoever uses the session, and for nobody else; a write that
// was lost is never answered with success.

import { setTimeout as sleep } from "node:timers/promises";
import { type Store, StoreError } from "@latchkey/session-core";
import type { TestClient } from "@latchkey/tools/test-client";
import express, { type ErrorRequestHandler } from "express";
import { describe, expect, it } from "vitest";
import {
  bodyHeadersTest,
  droppedAnswerSuite,
  droppedCookiesSuite,
  faultsSuite,
  goneClientTest,
} from "../../adapter-node/test/shared/faults-suite.ts";
import { away, json, login, storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { lateChangeTests } from "../../adapter-node/test/shared/stored-first-suite.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

function site(store: Store): Promise<TestClient> {
  const auth = setUp({ store });
  const app = express();
  app.use(auth.session);
  app.get("/public", (_req, res) => void res.send("public"));
  app.use("/login", auth.login(login, { delay: "1ms" }));
  app.get("/mine", (req, res) => void res.send(auth.sessionOf(req).user?.id ?? "nobody"));
  app.get("/members", auth.require(true), (_req, res) => void res.send("members"));
  app.get("/save", async (req, res) => {
    res.type("csv"); // An answer has one type: it gives way to the problem's.
    auth.sessionOf(req).data["a"] = 1;
    await auth.sessionOf(req).save();
    res.send("stored");
  });
  app.get("/bad", (req, res) => {
    auth.sessionOf(req).data["n"] = 1n;
    res.send("ok");
  });
  app.get("/data", (req, res) => void res.json(auth.sessionOf(req).data));
  app.get("/start", (req, res) => {
    auth.sessionOf(req).data["a"] = 1;
    res.send("ok");
  });
  app.get("/slow", async (req, res) => {
    await sleep(30);
    auth.sessionOf(req).data["kept"] = true;
    res.send("done");
  });
  app.use(auth.errors);
  return serve(app);
}

faultsSuite(site);
goneClientTest(site);

droppedAnswerSuite((store) => {
  const auth = setUp({ store });
  const app = express();
  app.use((_req, res, next) => {
    res.setHeader("x-frame-options", "DENY");
    next();
  });
  app.use(auth.session);
  app.get("/", async (req, res) => {
    const session = auth.sessionOf(req);
    if ("twice" in req.query) {
      session.data["first"] = 1;
      await session.save();
    }
    session.data["second"] = 1;
    res.status(201).set({ etag: '"v1"', "x-secret": "s" }).cookie("stored", "yes");
    res.type("html").send("all stored!");
  });
  app.use(auth.errors);
  return serve(app);
});

droppedCookiesSuite((store) => {
  const auth = setUp({ store });
  const app = express();
  app.use((_req, res, next) => {
    res.append("set-cookie", ["lang=en", "ab=1"]);
    next();
  });
  app.use(auth.session);
  app.use(async (req, res) => {
    res.append("set-cookie", "order=paid");
    const session = auth.sessionOf(req);
    const name = session.user?.id ?? "nobody";
    if (req.path !== "/mine") session.data["a"] = 1;
    if (req.path === "/save") await session.save();
    res.send(name);
  });
  app.use(auth.errors);
  return serve(app);
});

bodyHeadersTest((headers, error) => {
  const auth = setUp();
  const app = express();
  app.use(auth.session);
  app.get("/", (_req, res) => {
    res.set(headers);
    throw error;
  });
  app.use(auth.errors);
  return serve(app);
});

describe("the store fails while a session is committed", () => {
  it("hands the error to the application's own error handler, with its status", async () => {
    const auth = setUp({ store: storeWith({ create: away }) });
    const app = express();
    app.use(auth.session);
    app.get("/", (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      res.send("ok");
    });
    const own: ErrorRequestHandler = (error, _req, res, _next) => {
      res.status(error.status).send(`own: ${error.code}`);
    };
    app.use(own);
    const { fetch } = await serve(app);
    expect(await fetch("/")).toMatchObject({ status: 503, body: "own: ERR_STORE_UNAVAILABLE" });
  });

  it("a store's error may be frozen", async () => {
    const fail = () => Promise.reject(frozen);
    const frozen = Object.freeze(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
    const auth = setUp({ store: storeWith({ get: fail, replace: fail }) });
    const app = express();
    app.use(auth.session);
    app.get("/begin", async (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      await auth.sessionOf(req).save();
      if ("again" in req.query) auth.sessionOf(req).data["a"] = 2;
      res.send("ok");
    });
    app.get("/guarded", auth.require(true));
    app.use(auth.errors);
    const { fetch } = await serve(app);
    expect((await fetch("/begin?again", { headers: json })).status).toBe(503);
    expect((await fetch("/begin", { headers: json })).status).toBe(200);
    expect((await fetch("/guarded", { headers: json })).status).toBe(503);
  });

  it("an error of the application's own replaces what is still held of the answer", async () => {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    app.get("/", (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      res.setHeader("x-secret", "s").write("partly");
      throw new Error("mine");
    });
    const own: ErrorRequestHandler = (_error, _req, res, _next) => {
      res.status(500).send("own page");
    };
    app.use(auth.errors, own);
    const { fetch } = await serve(app);
    const reply = await fetch("/");
    expect(reply).toMatchObject({ status: 500, body: "own page" });
    expect(reply.headers).not.toHaveProperty("x-secret");
    expect((await fetch("/")).body).toBe("own page");
  });

  it("gets its answer out although other middleware has wrapped the response", async () => {
    const auth = setUp({ store: storeWith({ create: away }) });
    const app = express();
    app.use(auth.session);
    app.use((_req, res, next) => {
      // Like a compressor: once it believes it has ended, it passes nothing on.
      const { end } = res;
      let ended = false;
      res.end = (...args: unknown[]) => {
        if (ended) return res;
        ended = true;
        return Reflect.apply(end, res, args);
      };
      next();
    });
    app.get("/", (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      res.send("ok");
    });
    app.use(auth.errors);
    const { fetch } = await serve(app);
    expect((await fetch("/", { headers: json })).status).toBe(503);
  });
});

describe("after the first byte", () => {
  async function streaming() {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    app.get("/data", (req, res) => void res.json(auth.sessionOf(req).data));
    app.get("/start", (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      res.send("ok");
    });
    app.get("/stream", async (req, res) => {
      res.write("one");
      await sleep(10);
      auth.sessionOf(req).data["late"] = true;
      res.end("two");
    });
    return serve(app);
  }

  lateChangeTests(streaming, "/stream");
});
