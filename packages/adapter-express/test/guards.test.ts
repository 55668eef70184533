// Who gets in, who is sent to the login page, who is refused (rows Z1–Z5, Z7, 26, 29, 30, 80).

import type { Authenticator } from "@latchkey/auth-core";
import { asJson } from "@latchkey/tools/test-client";
import express from "express";
import { describe, expect, it } from "vitest";
import { serve } from "./serve.ts";
import { alpha, login, setUp, type User } from "./setup.ts";

const html = { accept: "text/html" };
const json = { accept: "application/json" };

async function site() {
  const auth = setUp();
  const app = express();
  app.use(auth.session);
  app.use("/login", auth.login(login, { delay: "1ms" }));
  app.use("/logout", auth.logout());
  app.get("/members", auth.require(true), (req, res) => void res.json(auth.principalOf(req)));
  app.post("/members", auth.require(true), (_req, res) => void res.send("posted"));
  app.get("/api", auth.require(true, { loginUrl: false }), (_req, res) => void res.send("api"));
  app.get("/other", auth.require(true, { loginUrl: "/sign-in?x=1", query: "back" }));
  app.get(
    "/admin",
    auth.require({ membership: { role: "admin" } }),
    (_req, res) => void res.send("admin"),
  );
  app.get(
    "/root",
    auth.require({ membership: { role: "root" } }),
    (_req, res) => void res.send("root"),
  );
  app.get(
    "/throws",
    auth.require({
      condition: () => {
        throw new Error("sesame");
      },
    }),
    (_req, res) => void res.send("in"),
  );
  app.post("/change", auth.csrf, (_req, res) => void res.send("changed"));
  app.get("/token", (req, res) => void res.send(auth.sessionOf(req).csrfToken()));
  app.use(auth.errors);
  return serve(app);
}

describe("Z1, Z2: whoever is not logged in", () => {
  it.each([
    ["a browser", "GET", "/members?a=1&b=2", html, 303, "/login?next=%2Fmembers%3Fa%3D1%26b%3D2"],
    ["HEAD", "HEAD", "/members", html, 303, "/login?next=%2Fmembers"],
    ["a form", "POST", "/members", html, 401, undefined],
    ["JSON", "GET", "/members", json, 401, undefined],
    ["AJAX", "GET", "/members", { ...html, "x-requested-with": "XMLHttpRequest" }, 401, undefined],
    ["no login page", "GET", "/api", html, 401, undefined],
    ["another login page", "GET", "/other", html, 303, "/sign-in?x=1&back=%2Fother"],
  ])("%s", async (_who, method, path, headers, status, location) => {
    const { fetch } = await site();
    const reply = await fetch(path, { method, headers });
    expect(reply.status).toBe(status);
    expect(reply.headers.location).toBe(location);
    expect(reply.setCookies).toEqual([]);
  });
});

describe("Z3, Z4, Z7: whoever is logged in", () => {
  it("gets in where the rule holds; private pages are not kept by caches", async () => {
    const { fetch } = await site();
    await fetch("/login", alpha);
    expect(await fetch("/admin")).toMatchObject({ status: 200, body: "admin" });
    const members = await fetch("/members");
    expect(members.headers["cache-control"]).toBe("private, no-cache");
    expect(JSON.parse(members.body)).toMatchObject({ user: { id: "alpha" }, via: "session" });
  });

  it("gets a page or a problem where it doesn't", async () => {
    const { fetch } = await site();
    await fetch("/login", alpha);
    const page = await fetch("/root", { headers: html });
    expect(page.status).toBe(403);
    expect(page.headers["content-type"]).toContain("text/html");
    expect(page.body).toContain("alpha");
    const problem = await fetch("/root", { headers: json });
    expect(problem.status).toBe(403);
    expect(problem.headers["content-type"]).toBe("application/problem+json");
    expect(problem.body).not.toContain("root");
  });

  it("row 80: a rule that throws keeps everybody out and says nothing of why", async () => {
    const { fetch } = await site();
    await fetch("/login", alpha);
    const reply = await fetch("/throws", { headers: html });
    expect(reply.status).toBe(403);
    expect(reply.body).not.toContain("sesame");
  });
});

describe("Z1: a guard for the whole application", () => {
  it("spares what was exempted before it and the login page, but no route's own guard", async () => {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    app.use("/assets", auth.require(false));
    app.use(auth.require(true));
    app.use("/login", auth.login(login));
    app.use("/logout", auth.logout());
    app.get("/assets/style.css", (_req, res) => void res.send("css"));
    app.get("/assets/secret", auth.require(true), (_req, res) => void res.send("secret"));
    app.get("/page", (_req, res) => void res.send("page"));
    const { fetch } = await serve(app);
    expect((await fetch("/assets/style.css")).status).toBe(200);
    expect((await fetch("/assets/secret", { headers: json })).status).toBe(401);
    expect((await fetch("/login", { headers: html })).status).toBe(200);
    expect((await fetch("/page", { headers: html })).status).toBe(303);
    for (const path of [
      "/login/../page",
      "//page",
      "/PAGE",
      "/page/",
      "/login/x",
      "/page?/login",
    ]) {
      expect((await fetch(path, { headers: json })).status, path).not.toBe(200);
    }
  });
});

describe("rows 26, 29: requests that change something", () => {
  it.each([
    ["no token", {}, 403],
    ["a same-origin browser", { "sec-fetch-site": "same-origin" }, 200],
    ["another site", { "sec-fetch-site": "cross-site" }, 403],
    ["a sibling host", { "sec-fetch-site": "same-site" }, 403],
    ["a wrong token", { "x-csrf-token": "wrong", "sec-fetch-site": "same-origin" }, 403],
    ["a foreign origin", { origin: "https://evil.example" }, 403],
  ])("%s", async (_what, headers, status) => {
    const { fetch } = await site();
    await fetch("/login", alpha);
    expect((await fetch("/change", { method: "POST", headers })).status).toBe(status);
  });

  it("the session's own token is right, one from before the login or of another session is not", async () => {
    const { fetch } = await site();
    const before = (await fetch("/token")).body;
    const change = (token: string) =>
      fetch("/change", { method: "POST", headers: { "x-csrf-token": token } });
    expect((await change(before)).status).toBe(200);
    await fetch("/login", alpha);
    expect((await change(before)).status).toBe(403);
    expect((await change((await fetch("/token")).body)).status).toBe(200);
    const other = await site();
    await other.fetch("/login", alpha);
    expect((await change((await other.fetch("/token")).body)).status).toBe(403);
  });

  it("a cross-site GET of the logout page logs nobody out", async () => {
    const { fetch } = await site();
    await fetch("/login", alpha);
    await fetch("/logout", { headers: { ...html, "sec-fetch-site": "cross-site" } });
    await fetch("/logout", { method: "POST", headers: { "sec-fetch-site": "cross-site" } });
    expect((await fetch("/members")).status).toBe(200);
  });
});

describe("credentials that come with the request", () => {
  const badges: Authenticator<User> = {
    name: "badge",
    async authenticate(exchange) {
      const badge = exchange.getHeader("x-badge");
      if (badge === undefined) return { kind: "absent" };
      if (badge !== "gold") return { kind: "rejected", wwwAuthenticate: 'Badge realm="x"' };
      return { kind: "accepted", user: { id: "robot" }, scopes: ["read"], roleAccount: true };
    },
  };

  async function gate() {
    const auth = setUp();
    const app = express();
    app.use(auth.session, auth.authenticate(badges));
    app.use("/login", auth.login(login));
    app.get("/me", auth.require(true), (req, res) => void res.json(auth.principalOf(req)));
    app.post("/change", auth.csrf, (_req, res) => void res.send("changed"));
    return serve(app);
  }

  it("make the principal, need no CSRF token and start no session", async () => {
    const { fetch } = await gate();
    const me = await fetch("/me", { headers: { "x-badge": "gold" } });
    expect(JSON.parse(me.body)).toEqual({
      user: { id: "robot" },
      via: "badge",
      scopes: ["read"],
      mfa: false,
      roleAccount: true,
    });
    expect(me.setCookies).toEqual([]);
    expect(
      (await fetch("/change", { method: "POST", headers: { "x-badge": "gold" } })).status,
    ).toBe(200);
  });

  it("are refused when wrong, also beside a session that is right", async () => {
    const { fetch } = await gate();
    await fetch("/login", alpha);
    const reply = await fetch("/me", { headers: { "x-badge": "tin" } });
    expect(reply.status).toBe(401);
    expect(reply.headers["www-authenticate"]).toBe('Badge realm="x"');
  });

  it("row 30: garbage in Authorization is nobody, and no fault", async () => {
    const { fetch } = await gate();
    for (const authorization of [
      "Bearer",
      "Bearer ",
      "Basic %%%",
      "Basic",
      "\u00ff",
      "Negotiate a b c",
    ]) {
      expect((await fetch("/me", { headers: { ...json, authorization } })).status).toBe(401);
    }
  });

  it("can't be called a session", () => {
    const auth = setUp();
    expect(() => auth.authenticate({ ...badges, name: "session" })).toThrow(/session/);
  });
});

describe("rows 28, 33, 34: bodies of a login", () => {
  it.each([
    ["an object for a name", asJson({ user: { $ne: null }, password: "x" })],
    ["a list", asJson({ user: ["alpha"], password: "secret" })],
    ["a number", asJson({ user: 1, password: "secret" })],
    ["no object", asJson("alpha")],
    ["malformed JSON", { ...asJson({}), body: "{" }],
    ["a megabyte", asJson({ user: "alpha", password: "x".repeat(1_000_000) })],
    [
      "an unknown charset",
      { ...asJson({}), headers: { "content-type": "application/json; charset=x" } },
    ],
  ])("%s is 400", async (_what, init) => {
    const { fetch } = await site();
    const reply = await fetch("/login", init);
    expect(reply).toMatchObject({ status: 400, setCookies: [] });
    expect(JSON.parse(reply.body)).toMatchObject({ code: "bad-request" });
    expect((await fetch("/login", alpha)).status).toBe(200);
  });

  it("are also taken from the application's own parsers", async () => {
    const auth = setUp();
    const app = express();
    app.use(express.json(), express.urlencoded({ extended: true }));
    app.use(auth.session);
    app.use("/login", auth.login(login));
    const { fetch } = await serve(app);
    expect((await fetch("/login", alpha)).status).toBe(200);
    const nested = {
      method: "POST",
      headers: {
        ...json,
        "content-type": "application/x-www-form-urlencoded",
        "sec-fetch-site": "same-origin",
      },
      body: "user[$ne]=&password=x",
    };
    expect((await fetch("/login", nested)).status).toBe(400);
  });
});

describe("what is spared stays what it was meant to be", () => {
  it("no dot segment gets past a guard through an exempt folder", async () => {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    app.use("/public", auth.require(false));
    app.use(auth.require(true));
    app.use((_req, res) => void res.send("in"));
    const { fetch } = await serve(app);
    expect((await fetch("/public/a..b.css", { headers: html })).status).toBe(200);
    for (const path of [
      "/public/..%2fsecret",
      "/public/%2e%2e/secret",
      "/public/%2E./secret",
      "/public/x%5c..%5c..%5csecret",
      "/public/..",
      "/public/%2e%2e",
    ]) {
      expect((await fetch(path, { headers: html })).status, path).not.toBe(200);
    }
  });

  it("a login page that is named by its query opens no other page of its path", async () => {
    const auth = setUp({ loginUrl: "/app?page=login" });
    const app = express();
    app.use(auth.session, auth.require(true));
    app.use((_req, res) => void res.send("in"));
    const { fetch } = await serve(app);
    const statusOf = async (path: string) => (await fetch(path, { headers: html })).status;
    expect(await statusOf("/app?page=login")).toBe(200);
    expect(await statusOf("/app?page=login&next=%2Fhome")).toBe(200);
    for (const path of ["/app?page=payroll", "/app", "/app?page=login&page=payroll"]) {
      expect(await statusOf(path), path).toBe(303);
    }
  });

  it("Basic credentials, which browsers add by themselves, don't replace the CSRF token there", async () => {
    const basic: Authenticator<User> = {
      name: "basic",
      authenticate: async () => ({ kind: "accepted", user: { id: "robot" } }),
    };
    const auth = setUp();
    const app = express();
    app.use(auth.session, auth.authenticate(basic));
    app.post("/change", auth.csrf, (_req, res) => void res.send("changed"));
    const { fetch } = await serve(app);
    const post = async (headers: Record<string, string>) =>
      (await fetch("/change", { method: "POST", headers })).status;
    const authorization = "Basic cm9ib3Q6c2VjcmV0";
    expect(await post({ authorization })).toBe(200);
    expect(await post({ authorization, origin: "https://evil.example" })).toBe(403);
    expect(await post({ authorization, "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await post({ authorization: "Bearer x", origin: "https://app.example" })).toBe(200);
  });
});
