// Who gets in, who is sent to the login page, who is refused; and what a login takes for a body.

import { asJson, type TestClient } from "@latchkey/tools/test-client";
import fastify from "fastify";
import { describe, expect, it } from "vitest";
import { badges } from "../../adapter-node/test/shared/badges.ts";
import { csrfSuite } from "../../adapter-node/test/shared/csrf-suite.ts";
import {
  guardsSuite,
  mountedGuardSuite,
  throwing,
} from "../../adapter-node/test/shared/guards-suite.ts";
import { loginBodiesSuite } from "../../adapter-node/test/shared/login-bodies-suite.ts";
import { alpha, html, json, login } from "../../adapter-node/test/shared/site-parts.ts";
import { inContext, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

async function site(): Promise<TestClient> {
  const auth = setUp();
  const app = fastify();
  await app.register(auth.session);
  app.setErrorHandler(auth.errors);
  app.addHook("onRequest", auth.authenticate(badges));
  app.register(auth.login(login, { delay: "1ms" }), { prefix: "/login" });
  app.register(auth.logout(), { prefix: "/logout" });
  const members = { preHandler: auth.require(true) };
  app.get("/members", members, async (request) => auth.principalOf(request));
  app.post("/members", members, async () => "posted");
  app.get("/kept", members, (_request, reply) => reply.header("cache-control", "no-store").send());
  const api = { onRequest: auth.require(true, { loginUrl: false }) };
  app.get("/api", api, async () => "api");
  const other = { onRequest: auth.require(true, { loginUrl: "/sign-in?x=1", query: "back" }) };
  app.get("/other", other, async () => "other");
  const admin = { preHandler: auth.require({ membership: { role: "admin" } }) };
  app.get("/admin", admin, async () => "admin");
  const root = { preHandler: auth.require({ membership: { role: "root" } }) };
  app.get("/root", root, async () => "root");
  app.get("/throws", { preHandler: auth.require(throwing) }, async () => "in");
  app.post("/change", { preHandler: auth.csrf }, async () => "changed");
  app.get("/token", async (request) => auth.sessionOf(request).csrfToken());
  return serve(app);
}

guardsSuite(site);
csrfSuite(site);
loginBodiesSuite(site);

it("the CSRF token may be a field of JSON", async () => {
  const { fetch } = await site();
  await fetch("/login", alpha);
  const token = (await fetch("/token")).body;
  expect((await fetch("/change", asJson({ _csrf: token }))).status).toBe(200);
});

describe("a guard for a whole context", () => {
  async function guarded(): Promise<TestClient> {
    const auth = setUp();
    const app = fastify();
    await app.register(auth.session);
    app.addHook("preHandler", auth.require(true));
    app.register(auth.login(login), { prefix: "/login" });
    app.register(auth.logout(), { prefix: "/logout" });
    const open = { onRequest: auth.require(false) };
    app.get("/assets/style.css", open, async () => "css");
    app.get("/assets/secret", { ...open, preHandler: [auth.require(true)] }, async () => "secret");
    app.get("/page", async () => "page");
    await app.register(
      inContext(async (nested) => {
        nested.addHook("onRequest", auth.require(false));
        nested.get("/nested", async () => "nested");
      }),
    );
    return serve(app);
  }

  mountedGuardSuite(guarded);

  it("spares what is exempt in a nested context, HEAD, and the login page with a slash", async () => {
    const { fetch } = await guarded();
    expect((await fetch("/assets/style.css", { method: "HEAD" })).status).toBe(200);
    expect((await fetch("/nested")).status).toBe(200);
    expect((await fetch("/login/", { headers: html })).status).toBe(200);
  });

  it("holds on routes that came before the plug-in, exempt or not", async () => {
    const auth = setUp();
    const app = fastify();
    app.register(auth.session); // not awaited
    app.addHook("preHandler", auth.require(true));
    app.get("/early", { onRequest: auth.require(false) }, async () => "early");
    const { fetch } = await serve(app);
    expect((await fetch("/early", { headers: json })).status).not.toBe(200);
  });
});
