// Whatever way a handler answers: the session is stored first, and its cookie is sent once.

import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  lateChangeTests,
  storedFirstTests,
} from "../../adapter-node/test/shared/stored-first-suite.ts";
import type { AnyContext } from "../src/index.ts";
import { majors } from "./majors.ts";
import { at, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

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
    const cookies = ["one=1; path=/; httponly", "two=2; path=/; httponly"];
    const own = name.startsWith("cookies") ? { cookies } : {};
    const headers = { "x-a": "1" };
    storedFirstTests(
      (store) => {
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
        return serve(app);
      },
      name.endsWith("headers") ? { headers } : own,
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

    for (const path of ["/stream", "/flushed", "/raw"]) lateChangeTests(streaming, path);
  });
});
