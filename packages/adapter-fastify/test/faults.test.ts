// A store that fails is an error for whoever uses the session, and for nobody else; a write that
// was lost is never answered with success.

import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import fastifyCookie from "@fastify/cookie";
import type { Store } from "@latchkey/session-core";
import type { TestClient } from "@latchkey/tools/test-client";
import fastify from "fastify";
import { describe, expect, it } from "vitest";
import {
  bodyHeadersTest,
  droppedAnswerSuite,
  droppedCookiesSuite,
  faultsSuite,
  goneClientTest,
} from "../../adapter-node/test/shared/faults-suite.ts";
import { away, login, storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { inContext, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

async function site(store: Store): Promise<TestClient> {
  const auth = setUp({ store });
  const app = fastify();
  await app.register(auth.session);
  app.setErrorHandler(auth.errors);
  app.get("/public", async () => "public");
  app.register(auth.login(login, { delay: "1ms" }), { prefix: "/login" });
  app.get("/mine", async (request) => auth.sessionOf(request).user?.id ?? "nobody");
  app.get("/members", { preHandler: auth.require(true) }, async () => "members");
  app.get("/save", async (request, reply) => {
    reply.type("text/csv");
    auth.sessionOf(request).data["a"] = 1;
    await auth.sessionOf(request).save();
    return "stored";
  });
  app.get("/bad", async (request) => {
    auth.sessionOf(request).data["n"] = 1n;
    return "ok";
  });
  app.get("/data", async (request) => auth.sessionOf(request).data);
  app.get("/start", async (request) => (auth.sessionOf(request).data["a"] = 1));
  app.get("/slow", async (request) => {
    await sleep(30);
    auth.sessionOf(request).data["kept"] = true;
    return "done";
  });
  return serve(app);
}

faultsSuite(site);
goneClientTest(site);

droppedAnswerSuite(async (store) => {
  const auth = setUp({ store });
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
    if (request.url.endsWith("?twice")) {
      session.data["first"] = 1;
      await session.save();
    }
    session.data["second"] = 1;
    reply.code(201).header("etag", '"v1"').header("x-secret", "s").type("text/html");
    reply.setCookie("stored", "yes").serializer(() => "mangled");
    return reply.send("all stored!");
  });
  return serve(app);
});

describe.each(["headers", "@fastify/cookie"])("cookies set by %s", (means) => {
  droppedCookiesSuite(async (store) => {
    const auth = setUp({ store });
    const app = fastify();
    app.addHook("onRequest", (_request, reply, done) => {
      reply.header("set-cookie", "lang=en").header("set-cookie", "ab=1");
      done();
    });
    await app.register(fastifyCookie);
    await app.register(auth.session);
    app.setErrorHandler(auth.errors);
    app.get("/:page?", async (request, reply) => {
      if (means === "headers") reply.header("set-cookie", "order=paid");
      else reply.setCookie("order", "paid");
      const session = auth.sessionOf(request);
      const name = session.user?.id ?? "nobody";
      if (request.url !== "/mine") session.data["a"] = 1;
      if (request.url === "/save") await session.save();
      return name;
    });
    return serve(app);
  });
});

bodyHeadersTest(async (headers, error) => {
  const auth = setUp();
  const app = fastify();
  await app.register(auth.session);
  app.setErrorHandler(auth.errors);
  app.get("/", async (_request, reply) => {
    reply.headers(headers);
    throw error;
  });
  return serve(app);
});

describe("the store fails while a session is committed", () => {
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
          own === "Fastify's" ? /ERR_STORE_UNAVAILABLE/ : /^own page$/,
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
});
