// Who gets in, who is sent to the login page, who is refused; and what a login takes for a body.

import type { Authenticator } from "@latchkey/auth-core";
import { asJson } from "@latchkey/tools/test-client";
import fastify from "fastify";
import { describe, expect, it } from "vitest";
import { inContext, serve } from "./serve.ts";
import { alpha, login, setUp, type User } from "./setup.ts";

const html = { accept: "text/html" };
const json = { accept: "application/json" };
const form = { "content-type": "application/x-www-form-urlencoded" };

async function site() {
  const auth = setUp();
  const app = fastify();
  await app.register(auth.session);
  app.setErrorHandler(auth.errors);
  app.register(auth.login(login, { delay: "1ms" }), { prefix: "/login" });
  app.register(auth.logout(), { prefix: "/logout" });
  const members = { preHandler: auth.require(true) };
  app.get("/members", members, async (request) => auth.principalOf(request));
  app.post("/members", members, async () => "posted");
  app.get("/kept", members, (_request, reply) => reply.header("cache-control", "no-store").send());
  const api = { onRequest: auth.require(true, { loginUrl: false }) };
  app.get("/api", api, async () => "api");
  const admin = { preHandler: auth.require({ membership: { role: "admin" } }) };
  app.get("/admin", admin, async () => "admin");
  const root = { preHandler: auth.require({ membership: { role: "root" } }) };
  app.get("/root", root, async () => "root");
  app.post("/change", { preHandler: auth.csrf }, async () => "changed");
  app.get("/token", async (request) => auth.sessionOf(request).csrfToken());
  return serve(app);
}

describe("whoever is not logged in", () => {
  it.each([
    ["a browser", "GET", "/members?a=1&b=2", html, 303, "/login?next=%2Fmembers%3Fa%3D1%26b%3D2"],
    ["HEAD", "HEAD", "/members", html, 303, "/login?next=%2Fmembers"],
    ["a form", "POST", "/members", html, 401, undefined],
    ["JSON", "GET", "/members", json, 401, undefined],
    ["no login page", "GET", "/api", html, 401, undefined],
  ])("%s", async (_who, method, path, headers, status, location) => {
    const { fetch } = await site();
    const reply = await fetch(path, { method, headers });
    expect(reply.status).toBe(status);
    expect(reply.headers.location).toBe(location);
    expect(reply.setCookies).toEqual([]);
  });
});

describe("whoever is logged in", () => {
  it("gets in where the rule holds; private pages are not kept by caches", async () => {
    const { fetch } = await site();
    await fetch("/login", alpha);
    expect(await fetch("/admin")).toMatchObject({ status: 200, body: "admin" });
    const members = await fetch("/members");
    expect(members.headers["cache-control"]).toBe("private, no-cache");
    expect(JSON.parse(members.body)).toMatchObject({ user: { id: "alpha" }, via: "session" });
    expect((await fetch("/kept")).headers["cache-control"]).toBe("no-store");
  });

  it("gets a page or a problem where it doesn't", async () => {
    const { fetch } = await site();
    await fetch("/login", alpha);
    const page = await fetch("/root", { headers: html });
    expect(page).toMatchObject({ status: 403, body: expect.stringContaining("alpha") });
    expect(page.headers["content-type"]).toContain("text/html");
    const problem = await fetch("/root", { headers: json });
    expect(problem.status).toBe(403);
    expect(problem.headers["content-type"]).toBe("application/problem+json");
  });

  it("logs out by a form", async () => {
    const { fetch, cookies } = await site();
    await fetch("/login", alpha);
    const headers = { ...form, "sec-fetch-site": "same-origin" };
    expect((await fetch("/logout", { method: "POST", headers, body: "" })).status).toBe(303);
    expect(cookies.has("sid")).toBe(false);
    expect((await fetch("/members", { headers: json })).status).toBe(401);
  });
});

describe("a guard for a whole context", () => {
  it("spares what is exempt and the login page, but no route's own guard", async () => {
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
    const { fetch } = await serve(app);
    expect((await fetch("/assets/style.css")).status).toBe(200);
    expect((await fetch("/assets/style.css", { method: "HEAD" })).status).toBe(200);
    expect((await fetch("/nested")).status).toBe(200);
    expect((await fetch("/assets/secret", { headers: json })).status).toBe(401);
    expect((await fetch("/assets/secret", { method: "HEAD", headers: json })).status).toBe(401);
    expect((await fetch("/login", { headers: html })).status).toBe(200);
    expect((await fetch("/login/", { headers: html })).status).toBe(200);
    expect((await fetch("/page", { headers: html })).status).toBe(303);
    for (const path of ["/login/../page", "//page", "/PAGE", "/page/", "/login/x", "/nowhere"]) {
      expect((await fetch(path, { headers: json })).status, path).not.toBe(200);
    }
    await fetch("/login", alpha);
    expect((await fetch("/page")).status).toBe(200);
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

describe("requests that change something", () => {
  it.each([
    ["no token", {}, 403],
    ["a same-origin browser", { "sec-fetch-site": "same-origin" }, 200],
    ["another site", { "sec-fetch-site": "cross-site" }, 403],
    ["a wrong token", { "x-csrf-token": "wrong", "sec-fetch-site": "same-origin" }, 403],
  ])("%s", async (_what, headers, status) => {
    const { fetch } = await site();
    await fetch("/login", alpha);
    expect((await fetch("/change", { method: "POST", headers })).status).toBe(status);
  });

  it("are let through with the token, in a header or a field", async () => {
    const { fetch } = await site();
    await fetch("/login", alpha);
    const token = (await fetch("/token")).body;
    const header = { "x-csrf-token": token };
    expect((await fetch("/change", { method: "POST", headers: header })).status).toBe(200);
    expect((await fetch("/change", asJson({ _csrf: token }))).status).toBe(200);
  });
});

describe("credentials with the request", () => {
  const badges: Authenticator<User> = {
    name: "badge",
    async authenticate(exchange) {
      const badge = exchange.getHeader("X-Badge");
      if (badge === undefined) return { kind: "absent" };
      if (badge !== "gold") return { kind: "rejected", wwwAuthenticate: 'Badge realm="x"' };
      return { kind: "accepted", user: { id: "robot" }, scopes: ["read"], roleAccount: true };
    },
  };

  it("make the principal, need no CSRF token, start no session; wrong ones are refused", async () => {
    const auth = setUp();
    const app = fastify();
    await app.register(auth.session);
    app.addHook("onRequest", auth.authenticate(badges));
    app.get("/me", { preHandler: auth.require(true) }, async (request) =>
      auth.principalOf(request),
    );
    app.post("/change", { preHandler: auth.csrf }, async () => "changed");
    const { fetch } = await serve(app);
    const gold = { "x-badge": "gold" };
    const me = await fetch("/me", { headers: gold });
    expect(JSON.parse(me.body)).toMatchObject({ user: { id: "robot" }, via: "badge" });
    expect(me.setCookies).toEqual([]);
    expect((await fetch("/change", { method: "POST", headers: gold })).status).toBe(200);
    const tin = await fetch("/me", { headers: { "x-badge": "tin" } });
    expect(tin.status).toBe(401);
    expect(tin.headers["www-authenticate"]).toBe('Badge realm="x"');
  });
});

describe("bodies of a login", () => {
  const text = (type: string, body: string) => ({
    method: "POST",
    headers: { "content-type": type, "sec-fetch-site": "same-origin", ...json },
    body,
  });

  it.each([
    ["an object for a name", asJson({ user: { $ne: null }, password: "x" })],
    ["no object", asJson("alpha")],
    ["malformed JSON", { ...asJson({}), body: "{" }],
    ["a megabyte", asJson({ user: "alpha", password: "x".repeat(1_000_000) })],
    ["65 kB", asJson({ user: "alpha", password: "x".repeat(65_536) })],
    ["another type", text("text/xml", "<a/>")],
    ["no body", { method: "POST", headers: { "sec-fetch-site": "same-origin", ...json } }],
  ])("%s is 400", async (_what, init) => {
    const { fetch } = await site();
    const reply = await fetch("/login", init);
    expect(reply).toMatchObject({ status: 400, setCookies: [] });
    expect(JSON.parse(reply.body)).toMatchObject({ code: "bad-request" });
    expect((await fetch("/login", alpha)).status).toBe(200);
  });

  it("are forms, too", async () => {
    const { fetch } = await site();
    const body = "user=alpha&password=secret";
    expect(
      (await fetch("/login", text(`${form["content-type"]}; charset=UTF-8`, body))).status,
    ).toBe(200);
  });
});
