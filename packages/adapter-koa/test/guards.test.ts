// Who gets in, who is sent to the login page, who is refused; and what a login takes for a body.

import { asJson, type TestClient } from "@latchkey/tools/test-client";
import { describe, expect, it } from "vitest";
import { badges } from "../../adapter-node/test/shared/badges.ts";
import { csrfSuite } from "../../adapter-node/test/shared/csrf-suite.ts";
import {
  guardsSuite,
  mountedGuardSuite,
  throwing,
} from "../../adapter-node/test/shared/guards-suite.ts";
import { loginBodiesSuite } from "../../adapter-node/test/shared/login-bodies-suite.ts";
import { alpha, json, login } from "../../adapter-node/test/shared/site-parts.ts";
import type { Middleware } from "../src/index.ts";
import { majors } from "./majors.ts";
import { at, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

describe.each(majors)("%s", (_name, Koa) => {
  function site(...earlier: Middleware[]): Promise<TestClient> {
    const auth = setUp();
    const app = new Koa();
    app.use(auth.errors);
    for (const middleware of earlier) app.use(middleware);
    app.use(auth.session).use(auth.authenticate(badges));
    app.use(at("/login", auth.login(login, { delay: "1ms" })));
    app.use(at("/logout", auth.logout()));
    app.use(at("/members", auth.require(true)));
    app.use(at("/kept", auth.require(true)));
    app.use(at("/api", auth.require(true, { loginUrl: false })));
    app.use(at("/other", auth.require(true, { loginUrl: "/sign-in?x=1", query: "back" })));
    app.use(at("/admin", auth.require({ membership: { role: "admin" } })));
    app.use(at("/root", auth.require({ membership: { role: "root" } })));
    app.use(at("/throws", auth.require(throwing)));
    app.use(at("/change", auth.csrf));
    app.use(async (ctx) => {
      if (ctx.path === "/kept") ctx.set("cache-control", "no-store");
      if (ctx.path === "/token") ctx.body = auth.sessionOf(ctx).csrfToken();
      else if (ctx.path === "/members") ctx.body = auth.principalOf(ctx) ?? "nobody";
      else ctx.body = ctx.path === "/change" ? "changed" : ctx.path.slice(1);
    });
    return serve(app);
  }

  guardsSuite(site);
  csrfSuite(site);
  loginBodiesSuite(site);

  mountedGuardSuite(() => {
    const auth = setUp();
    const app = new Koa();
    app.use(auth.session);
    app.use(at("/assets", auth.require(false)));
    app.use(auth.require(true, { place: "mounted" }));
    app.use(at("/login", auth.login(login)));
    app.use(at("/logout", auth.logout()));
    app.use(at("/assets/secret", auth.require(true)));
    app.use(async (ctx) => {
      ctx.body = ctx.path;
    });
    return serve(app);
  });

  it("a guard that is a route's and the whole application's at once always holds", async () => {
    const auth = setUp();
    const members = auth.require(true);
    const app = new Koa();
    app.use(auth.session);
    app.use(at("/files", auth.require(false)));
    app.use(at("/files/secret", members));
    app.use(members);
    app.use(async (ctx) => {
      ctx.body = "secret";
    });
    const { fetch } = await serve(app);
    expect((await fetch("/files/secret", { headers: json })).status).toBe(401);
  });

  it("the CSRF token may be a field that was parsed before", async () => {
    const { fetch } = await site(async (ctx, next) => {
      const field = ctx.get("x-parsed");
      if (field !== "") Object.assign(ctx.request, { body: { _csrf: field } });
      await next();
    });
    await fetch("/login", alpha);
    const headers = { "x-parsed": (await fetch("/token")).body };
    expect((await fetch("/change", { method: "POST", headers })).status).toBe(200);
  });

  it("a login's body is taken from the application's own parser", async () => {
    const { fetch } = await site(async (ctx, next) => {
      Object.assign(ctx.request, { body: { user: "alpha", password: "secret" } });
      await next();
    });
    expect((await fetch("/login", asJson({}))).status).toBe(200);
  });
});
