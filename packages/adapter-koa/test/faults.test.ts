// A store that fails is an error for whoever uses the session, and for nobody else; a write that
// was lost is never answered with success.

import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@latchkey/session-core";
import type { TestClient } from "@latchkey/tools/test-client";
import { describe, expect, it } from "vitest";
import {
  bodyHeadersTest,
  droppedCookiesSuite,
  faultsSuite,
  goneClientTest,
  outage,
} from "../../adapter-node/test/shared/faults-suite.ts";
import { away, json, login, storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { majors } from "./majors.ts";
import { at, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

describe.each(majors)("%s", (_name, Koa) => {
  function site(store: Store, withErrors = true): Promise<TestClient> {
    const auth = setUp({ store });
    const app = new Koa();
    if (withErrors) app.use(auth.errors);
    app.use(auth.session);
    app.use(at("/login", auth.login(login, { delay: "1ms" })));
    app.use(at("/members", auth.require(true)));
    app.use(async (ctx) => {
      ctx.body = ctx.path.slice(1);
      if (ctx.path === "/public" || ctx.path === "/members") return;
      const session = auth.sessionOf(ctx);
      switch (ctx.path) {
        case "/mine":
          ctx.body = session.user?.id ?? "nobody";
          return;
        case "/save":
          ctx.type = "html";
          session.data["a"] = 1;
          await session.save();
          return;
        case "/bad":
          session.data["n"] = 1n;
          return;
        case "/data":
          ctx.body = session.data;
          return;
        case "/start":
          session.data["a"] = 1;
          return;
        case "/slow":
          await sleep(30);
          session.data["kept"] = true;
          return;
      }
    });
    return serve(app);
  }

  faultsSuite((store) => site(store));
  goneClientTest((store) => site(store));

  droppedCookiesSuite((store) => {
    const auth = setUp({ store });
    const app = new Koa();
    app.use(auth.errors);
    app.use(async (ctx, next) => {
      ctx.res.appendHeader("set-cookie", "lang=en");
      ctx.res.appendHeader("set-cookie", "ab=1");
      await next();
    });
    app.use(auth.session);
    app.use(async (ctx) => {
      ctx.res.appendHeader("set-cookie", "order=paid");
      const session = auth.sessionOf(ctx);
      ctx.body = session.user?.id ?? "nobody";
      if (ctx.path !== "/mine") session.data["a"] = 1;
      if (ctx.path === "/save") await session.save();
    });
    return serve(app);
  });

  bodyHeadersTest((headers, error) => {
    const auth = setUp();
    const app = new Koa();
    app.use(auth.errors).use(auth.session);
    app.use(async (ctx) => {
      ctx.set(headers);
      throw error;
    });
    return serve(app);
  });

  it("Koa's own error handling has the status, and never takes a visitor for anonymous", async () => {
    const { fetch } = await outage((store) => site(store, false));
    expect(await fetch("/mine")).toMatchObject({ status: 503, body: "Service Unavailable" });
  });

  describe("the store fails while a session is committed", () => {
    async function failing(method: "create" | "replace", own: "errors" | "own" | "none") {
      const auth = setUp({ store: storeWith({ [method]: away }) });
      const app = new Koa();
      const emitted: unknown[] = [];
      app.on("error", (error) => emitted.push(error));
      app.use(async (ctx, next) => {
        ctx.set("x-frame-options", "DENY");
        if (own !== "own") return next();
        try {
          await next();
        } catch (error) {
          ctx.body = `own: ${error instanceof Error && "status" in error ? error.status : "?"}`;
        }
      });
      if (own === "errors") app.use(auth.errors);
      app.use(auth.session);
      const stream = Readable.from(["all stored!"]);
      app.use(async (ctx) => {
        const session = auth.sessionOf(ctx);
        if (method === "replace") {
          session.data["first"] = 1;
          await session.save();
        }
        session.data["second"] = 1;
        ctx.set({ etag: '"v1"', "x-secret": "s" });
        ctx.cookies.set("stored", "yes");
        ctx.status = 201;
        if (ctx.path === "/json") ctx.body = { stored: "stored!" };
        else if (ctx.path === "/stream") ctx.body = stream;
        else if (ctx.path === "/throw") ctx.throw(404, "stored!");
        else ctx.body = "all stored!";
      });
      return { ...(await serve(app)), emitted, stream };
    }

    const paths = ["/", "/json", "/stream", "/throw"];
    it.each(["create", "replace"] as const)(
      "%s: the handler's answer is dropped",
      async (method) => {
        for (const path of paths) {
          const { fetch, emitted, stream } = await failing(method, "errors");
          const reply = await fetch(path, { headers: json });
          expect(reply, path).toMatchObject({ status: 503, setCookies: [] });
          expect(reply.headers["content-type"]).toBe("application/problem+json");
          expect(reply.headers).not.toHaveProperty("etag");
          expect(reply.headers).not.toHaveProperty("x-secret");
          expect(reply.headers["x-frame-options"]).toBe("DENY");
          expect(reply.body).not.toContain("stored!");
          if (path === "/stream") expect(stream.destroyed).toBe(true);
          // The application hears of its own error, too.
          expect(emitted).toHaveLength(path === "/throw" ? 1 : 0);
        }
      },
    );

    it("Koa's own error handling answers 503", async () => {
      for (const path of paths) {
        const { fetch } = await failing("create", "none");
        expect(await fetch(path)).toMatchObject({
          status: 503,
          setCookies: [],
          body: "Service Unavailable",
        });
      }
    });

    it("the application's own error handling finds a response of 503 without what was dropped", async () => {
      for (const path of paths) {
        const { fetch } = await failing("create", "own");
        const reply = await fetch(path);
        expect(reply).toMatchObject({ status: 503, setCookies: [], body: "own: 503" });
        expect(reply.headers).not.toHaveProperty("x-secret");
      }
    });

    it("an error that is no StoreError drops the answer, too", async () => {
      const create = () => Promise.reject(new Error("of a store that breaks its contract"));
      const auth = setUp({ store: storeWith({ create }) });
      const app = new Koa();
      app.use(async (ctx, next) => {
        await next().catch(() => {
          ctx.body = "own";
        });
      });
      app.use(auth.session);
      app.use(async (ctx) => {
        auth.sessionOf(ctx).data["a"] = 1;
        ctx.set("x-secret", "s");
        ctx.body = "stored";
      });
      const { fetch } = await serve(app);
      const reply = await fetch("/");
      expect(reply).toMatchObject({ status: 500, body: "own", setCookies: [] });
      expect(reply.headers).not.toHaveProperty("x-secret");
    });
  });

  it("errors of the application are not Latchkey's", async () => {
    const auth = setUp();
    const app = new Koa();
    app.use(auth.errors).use(auth.session);
    app.use(async (ctx) => ctx.throw(418, "own"));
    const { fetch } = await serve(app);
    expect(await fetch("/")).toMatchObject({ status: 418, body: "own" });
  });
});
