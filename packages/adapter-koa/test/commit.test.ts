// Whatever way a handler answers: the session is stored first, and its cookie is sent once.

import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type AnyContext, latchkey } from "../src/index.ts";
import { majors } from "./majors.ts";
import { at, serve } from "./serve.ts";
import { setUp, storeWith, type User } from "./setup.ts";

const answers: Record<string, (ctx: AnyContext) => unknown> = {
  "a string": (ctx) => (ctx.body = "body"),
  "an object": (ctx) => (ctx.body = { some: "body" }),
  "a buffer": (ctx) => (ctx.body = Buffer.from("body")),
  "no body": (ctx) => (ctx.status = 202),
  "204": (ctx) => (ctx.body = null),
  "a redirect": (ctx) => ctx.redirect("/elsewhere"),
  "a stream": (ctx) => (ctx.body = Readable.from(["bo", "dy"])),
  "a web stream": (ctx) => (ctx.body = new Blob(["body"]).stream()),
  "a Blob": (ctx) => (ctx.body = new Blob(["body"])),
  "a Response": (ctx) => (ctx.body = new Response("body", { headers: { "x-a": "1" } })),
  "cookies of its own": (ctx) => {
    ctx.cookies.set("one", "1");
    ctx.cookies.set("two", "2");
    ctx.body = "body";
  },
  "an error": (ctx) => ctx.throw(418, "own"),
  "an error with headers": () => {
    throw Object.assign(new Error("own"), { headers: { "x-a": "1" } });
  },
  "respond = false": async (ctx) => {
    ctx.respond = false;
    setTimeout(() => ctx.res.end("raw"), 50);
  },
};

describe.each(majors)("%s", (_name, Koa) => {
  describe.each(Object.entries(answers))("%s", (name, answer) => {
    it.each(["GET", "HEAD"])(
      "%s gets exactly one cookie, after the store has it",
      async (method) => {
        const inner = memoryStore();
        let stored = false;
        const store = storeWith(
          {
            async create(record) {
              await sleep(20);
              stored = true;
              return inner.create(record);
            },
          },
          inner,
        );
        const auth = setUp({ store });
        const app = new Koa();
        app.use(auth.session);
        app.use(
          at("/data", async (ctx) => {
            ctx.body = auth.sessionOf(ctx).data;
          }),
        );
        app.use(async (ctx) => {
          auth.sessionOf(ctx).data["seen"] = true;
          await answer(ctx);
        });
        const { fetch } = await serve(app);
        const reply = await fetch("/", { method });
        expect(stored).toBe(true);
        const names = reply.setCookies.map((line) => line.split("=", 1)[0]);
        expect(names.sort()).toEqual(name.startsWith("cookies") ? ["one", "sid", "two"] : ["sid"]);
        if (name.endsWith("headers")) expect(reply.headers["x-a"]).toBe("1");
        expect((await fetch("/data")).body).toBe('{"seen":true}');
      },
    );
  });

  it("keeps cookies that middleware before and after it sets", async () => {
    const auth = setUp();
    const app = new Koa();
    app.use(async (ctx, next) => {
      ctx.cookies.set("before", "1");
      await next();
      ctx.cookies.set("after", "1");
    });
    app.use(auth.session);
    app.use(async (ctx) => {
      auth.sessionOf(ctx).data["a"] = 1;
      ctx.body = "ok";
    });
    const { fetch } = await serve(app);
    const names = (await fetch("/")).setCookies.map((line) => line.split("=", 1)[0]);
    expect(names.sort()).toEqual(["after", "before", "sid"]);
  });

  it("304 carries the cookie of a changed session, and one only", async () => {
    const auth = setUp();
    const app = new Koa();
    app.use(async (ctx, next) => {
      await next();
      if (ctx.fresh) ctx.status = 304;
    });
    app.use(auth.session);
    app.use(async (ctx) => {
      auth.sessionOf(ctx).data["a"] = 1;
      ctx.etag = "v1";
      ctx.body = "ok";
    });
    const { fetch } = await serve(app);
    const reply = await fetch("/", { headers: { "if-none-match": '"v1"' } });
    expect(reply).toMatchObject({ status: 304, body: "", setCookies: [expect.any(String)] });
  });

  describe("after the first byte", () => {
    async function streaming() {
      const auth = setUp();
      const app = new Koa();
      app.use(auth.session);
      app.use(async (ctx) => {
        const session = auth.sessionOf(ctx);
        switch (ctx.path) {
          case "/data":
            ctx.body = session.data;
            return;
          case "/start":
            session.data["a"] = 1;
            ctx.body = "ok";
            return;
          case "/stream":
            ctx.body = Readable.from(lateChunks(() => (session.data["late"] = true)));
            return;
          case "/flushed":
            ctx.status = 200;
            ctx.flushHeaders();
            session.data["late"] = true;
            ctx.body = "onetwo";
            return;
          default:
            ctx.respond = false;
            setTimeout(() => {
              session.data["late"] = true;
              ctx.res.end("onetwo");
            }, 30);
        }
      });
      return serve(app);
    }

    async function* lateChunks(change: () => void) {
      yield "one";
      await sleep(10);
      change();
      yield "two";
    }

    it.each(["/stream", "/flushed", "/raw"])(
      "%s: a change to a live session is stored",
      async (path) => {
        const { fetch } = await streaming();
        await fetch("/start");
        expect((await fetch(path)).body).toBe("onetwo");
        expect((await fetch("/data")).body).toBe('{"a":1,"late":true}');
      },
    );

    it.each(["/stream", "/flushed", "/raw"])(
      "%s: cut off if it would need a cookie",
      async (path) => {
        const { fetch } = await streaming();
        await expect(fetch(path)).rejects.toThrow();
        expect((await fetch("/data")).body).toBe("{}");
      },
    );
  });

  describe("ctx.session", () => {
    it("is there, and what comes earlier does without", async () => {
      let gets = 0;
      const inner = memoryStore();
      const get = (id: string) => {
        gets += 1;
        return inner.get(id);
      };
      const auth = setUp({ store: storeWith({ get }, inner) });
      const app = new Koa();
      app.use(
        at("/early", async (ctx) => {
          expect(() => auth.sessionOf(ctx)).toThrow(/app\.use\(auth\.session\)/);
          ctx.body = `early ${"session" in ctx}`;
        }),
      );
      app.use(auth.session);
      app.use(auth.session); // twice is once
      app.use(async (ctx) => {
        auth.sessionOf(ctx).data["a"] = 1;
        expect(ctx.state).toEqual({});
        ctx.body = "session" in ctx && ctx["session"] === auth.sessionOf(ctx) ? "same" : "other";
      });
      const { fetch } = await serve(app);
      const first = await fetch("/");
      expect(first).toMatchObject({ body: "same", setCookies: [expect.any(String)] });
      expect(await fetch("/early")).toMatchObject({ body: "early false" });
      expect(gets).toBe(0);
    });

    it("of another middleware is left alone", async () => {
      const auth = setUp();
      const app = new Koa();
      Object.assign(app.context, { session: "theirs" });
      app.use(auth.session);
      app.use(async (ctx) => {
        auth.sessionOf(ctx).data["a"] = 1;
        ctx.body = Reflect.get(ctx, "session");
      });
      const { fetch } = await serve(app);
      expect(await fetch("/")).toMatchObject({ body: "theirs", setCookies: [expect.any(String)] });
    });

    it("is typed by the factory, in applications with types of their own", async () => {
      interface Data {
        cart: string[];
      }
      const auth = latchkey<User, Data>({
        store: memoryStore(),
        keys: ["a-secret-of-the-tests-0123456789abcdef"],
      });
      const app = new Koa<{ title: string }, { db: string }>();
      app.use(auth.session).use(auth.require(false));
      app.use(async (ctx) => {
        expectTypeOf(auth.sessionOf(ctx).data.cart).toEqualTypeOf<string[] | undefined>();
        expectTypeOf(auth.principalOf(ctx)?.user).toEqualTypeOf<User | undefined>();
        expectTypeOf(ctx.state.title).toEqualTypeOf<string>();
        ctx.body = await auth.sessionOf(ctx).update("cart", (cart = []) => [...cart, "a"]);
      });
      const { fetch } = await serve(app);
      expect((await fetch("/")).body).toBe('["a"]');
    });
  });

  describe("what may be believed of the client: Koa's own proxy setting", () => {
    const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "app.example.com" };

    it.each([
      [true, /^__Host-sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/],
      [false, /^sid=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/],
    ])("proxy %s", async (proxy, cookie) => {
      const auth = setUp();
      const app = new Koa({ proxy });
      app.use(auth.session);
      app.use(async (ctx) => {
        auth.sessionOf(ctx).data["a"] = 1;
        ctx.body = "ok";
      });
      const { fetch } = await serve(app);
      expect((await fetch("/", { headers: forwarded })).setCookies[0]).toMatch(cookie);
    });
  });
});
