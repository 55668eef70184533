// A store that fails is an error for whoever uses the session, and for nobody else; a write that
// was lost is never answered with success.

import { connect } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, it } from "vitest";
import { majors } from "./majors.ts";
import { at, serve } from "./serve.ts";
import { alpha, login, setUp, storeWith } from "./setup.ts";

const away = (): Promise<never> =>
  Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
const json = { accept: "application/json" };

describe.each(majors)("%s", (_name, Koa) => {
  describe("the store fails while a session is opened", () => {
    async function outage(withErrors = true) {
      const inner = memoryStore();
      let down = false;
      const store = storeWith({ get: (id) => (down ? away() : inner.get(id)) }, inner);
      const auth = setUp({ store });
      const app = new Koa();
      if (withErrors) app.use(auth.errors);
      app.use(auth.session);
      app.use(at("/login", auth.login(login, { delay: "1ms" })));
      app.use(at("/members", auth.require(true)));
      app.use(async (ctx) => {
        ctx.body = ctx.path === "/mine" ? (auth.sessionOf(ctx).user?.id ?? "nobody") : "public";
      });
      const served = await serve(app);
      expect((await served.fetch("/login", alpha)).status).toBe(200);
      down = true;
      return { ...served, recover: () => (down = false) };
    }

    it("answers 503 where the session is used, 200 where it isn't, and recovers", async () => {
      const { fetch, recover } = await outage();
      expect(await fetch("/public")).toMatchObject({ status: 200, body: "public" });
      expect(await fetch("/mine", { headers: json })).toMatchObject({ status: 503 });
      const guarded = await fetch("/members", { headers: json });
      expect(guarded).toMatchObject({ status: 503, setCookies: [] });
      expect(guarded.headers["retry-after"]).toBe("1");
      expect(JSON.parse(guarded.body)).toMatchObject({ code: "unavailable" });
      const page = await fetch("/members", { headers: { accept: "text/html" } });
      expect(page.body).toContain("Try again");
      recover();
      expect(await fetch("/members")).toMatchObject({ status: 200 });
    });

    it("Koa's own error handling has the status, and never takes a visitor for anonymous", async () => {
      const { fetch } = await outage(false);
      expect(await fetch("/mine")).toMatchObject({ status: 503, body: "Service Unavailable" });
    });
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

    it("a handler's own failed save is answered at once, and not tried again", async () => {
      let tries = 0;
      const create = () => {
        tries += 1;
        return away();
      };
      const auth = setUp({ store: storeWith({ create }) });
      const app = new Koa();
      app.use(auth.errors).use(auth.session);
      app.use(async (ctx) => {
        auth.sessionOf(ctx).data["a"] = 1;
        ctx.type = "html";
        await auth.sessionOf(ctx).save();
      });
      const { fetch } = await serve(app);
      const reply = await fetch("/", { headers: json });
      expect(reply).toMatchObject({ status: 503, setCookies: [] });
      expect(reply.headers["content-type"]).toBe("application/problem+json");
      expect(tries).toBe(1);
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

    it("a value that is not JSON is an error page, and the next request works", async () => {
      const auth = setUp();
      const app = new Koa();
      app.use(auth.errors).use(auth.session);
      app.use(async (ctx) => {
        if (ctx.path === "/bad") auth.sessionOf(ctx).data["n"] = 1n;
        ctx.body = ctx.path === "/bad" ? "ok" : auth.sessionOf(ctx).data;
      });
      const { fetch } = await serve(app);
      expect((await fetch("/bad", { headers: json })).status).toBe(500);
      expect((await fetch("/good")).body).toBe("{}");
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

  it("a client that goes away changes nothing: the write is stored, the process lives", async () => {
    const auth = setUp();
    const app = new Koa();
    app.use(auth.session);
    app.use(async (ctx) => {
      const { data } = auth.sessionOf(ctx);
      if (ctx.path === "/start") data["a"] = 1;
      if (ctx.path === "/slow") {
        await sleep(30);
        data["kept"] = true;
      }
      ctx.body = data;
    });
    const { fetch, port, cookies } = await serve(app);
    await fetch("/start");
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET /slow HTTP/1.1\r\nhost: x\r\ncookie: sid=${cookies.get("sid")}\r\n\r\n`);
    await sleep(10);
    socket.destroy();
    await expect.poll(async () => (await fetch("/data")).body).toBe('{"a":1,"kept":true}');
  });
});
