// A store that fails is an error for whoever uses the session, and for nobody else; a write that
// was lost is never answered with success.

import { connect } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import fastifyCookie from "@fastify/cookie";
import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import fastify from "fastify";
import { describe, expect, it } from "vitest";
import { inContext, serve } from "./serve.ts";
import { alpha, login, setUp, storeWith } from "./setup.ts";

const away = (): Promise<never> =>
  Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
const json = { accept: "application/json" };

describe("the store fails while a session is opened", () => {
  async function outage() {
    const inner = memoryStore();
    let down = false;
    const store = storeWith({ get: (id) => (down ? away() : inner.get(id)) }, inner);
    const auth = setUp({ store });
    const app = fastify();
    await app.register(auth.session);
    app.setErrorHandler(auth.errors);
    app.get("/public", async () => "public");
    app.register(auth.login(login, { delay: "1ms" }), { prefix: "/login" });
    app.get("/mine", async (request) => auth.sessionOf(request).user?.id ?? "nobody");
    app.get("/members", { preHandler: auth.require(true) }, async () => "members");
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

  it("never takes a visitor for anonymous", async () => {
    const { fetch } = await outage();
    expect((await fetch("/mine")).body).not.toContain("nobody");
  });
});

describe("the store fails while a session is committed", () => {
  it.each(["create", "replace"] as const)("%s: the handler's answer is dropped", async (method) => {
    const auth = setUp({ store: storeWith({ [method]: away }) });
    const app = fastify();
    app.addHook("onRequest", (_request, reply, done) => {
      reply.header("x-frame-options", "DENY");
      done();
    });
    await app.register(fastifyCookie);
    await app.register(auth.session);
    app.setErrorHandler(auth.errors);
    app.get("/", async (request, reply) => {
      const session = auth.sessionOf(request);
      if (method === "replace") {
        session.data["first"] = 1;
        await session.save();
      }
      session.data["second"] = 1;
      reply.code(201).header("etag", '"v1"').header("x-secret", "s").type("text/html");
      reply.setCookie("stored", "yes").serializer(() => "mangled");
      return reply.send("all stored!");
    });
    const { fetch } = await serve(app);
    const reply = await fetch("/", { headers: json });
    expect(reply).toMatchObject({ status: 503, setCookies: [] });
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(reply.headers).not.toHaveProperty("etag");
    expect(reply.headers).not.toHaveProperty("x-secret");
    expect(reply.headers["x-frame-options"]).toBe("DENY");
    expect(JSON.parse(reply.body)).toMatchObject({ code: "unavailable" });
  });

  it("a stream that is not sent is closed", async () => {
    const auth = setUp({ store: storeWith({ create: away }) });
    const app = fastify();
    await app.register(auth.session);
    const stream = Readable.from(["secret"]);
    app.get("/", (request, reply) => {
      auth.sessionOf(request).data["a"] = 1;
      return reply.send(stream);
    });
    const { fetch } = await serve(app);
    const reply = await fetch("/");
    expect(reply.status).toBe(503);
    expect(reply.body).not.toContain("secret");
    expect(stream.destroyed).toBe(true);
  });

  it("a handler's own failed save is answered at once, and not tried again", async () => {
    let tries = 0;
    const create = () => {
      tries += 1;
      return away();
    };
    const auth = setUp({ store: storeWith({ create }) });
    const app = fastify();
    await app.register(auth.session);
    app.setErrorHandler(auth.errors);
    app.get("/", async (request) => {
      auth.sessionOf(request).data["a"] = 1;
      await auth.sessionOf(request).save();
      return "stored";
    });
    const { fetch } = await serve(app);
    expect(await fetch("/", { headers: json })).toMatchObject({ status: 503, setCookies: [] });
    expect(tries).toBe(1);
  });

  it.each(["Fastify's", "the application's"])(
    "%s own error handler has the status",
    async (own) => {
      const auth = setUp({ store: storeWith({ create: away }) });
      const app = fastify();
      await app.register(auth.session);
      if (own !== "Fastify's") {
        app.setErrorHandler((_error, _request, reply) => reply.send("own page"));
      }
      app.get("/", async (request) => (auth.sessionOf(request).data["a"] = 1));
      app.get("/save", async (request) => {
        auth.sessionOf(request).data["a"] = 1;
        await auth.sessionOf(request).save();
      });
      const { fetch } = await serve(app);
      for (const path of ["/", "/save"]) {
        const reply = await fetch(path);
        expect(reply, path).toMatchObject({ status: 503, setCookies: [] });
        expect(reply.body, path).toMatch(
          own === "Fastify's" ? /ERR_STORE_UNAVAILABLE/ : /own page|503/,
        );
      }
    },
  );

  it("errors of the application are passed on to its other handlers", async () => {
    const auth = setUp();
    const app = fastify();
    app.setErrorHandler((_error, _request, reply) => reply.code(418).send("outer"));
    await app.register(
      inContext(async (site) => {
        await site.register(auth.session);
        site.setErrorHandler(auth.errors);
        site.get("/", () => {
          throw new Error("own");
        });
      }),
    );
    const { fetch } = await serve(app);
    expect(await fetch("/")).toMatchObject({ status: 418, body: "outer" });
  });

  it("a value that is not JSON is an error page, and the next request works", async () => {
    const auth = setUp();
    const app = fastify();
    await app.register(auth.session);
    app.setErrorHandler(auth.errors);
    app.get("/bad", async (request) => {
      auth.sessionOf(request).data["n"] = 1n;
      return "ok";
    });
    app.get("/good", async (request) => auth.sessionOf(request).data);
    const { fetch } = await serve(app);
    expect((await fetch("/bad", { headers: json })).status).toBe(500);
    expect((await fetch("/good")).body).toBe("{}");
  });
});

it("a client that goes away changes nothing: the write is stored, the process lives", async () => {
  const auth = setUp();
  const app = fastify();
  await app.register(auth.session);
  app.get("/data", async (request) => auth.sessionOf(request).data);
  app.get("/slow", async (request) => {
    await sleep(30);
    auth.sessionOf(request).data["kept"] = true;
    return "done";
  });
  app.get("/start", async (request) => (auth.sessionOf(request).data["a"] = 1));
  const { fetch, port, cookies } = await serve(app);
  await fetch("/start");
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET /slow HTTP/1.1\r\nhost: x\r\ncookie: sid=${cookies.get("sid")}\r\n\r\n`);
  await sleep(10);
  socket.destroy();
  await expect.poll(async () => (await fetch("/data")).body).toBe('{"a":1,"kept":true}');
});
