// Who gets in, who is sent to the login page, who is refused (rows Z1–Z5, Z7, 26, 29, 30, 80).

import type { Authenticator } from "@latchkey/auth-core";
import type { TestClient } from "@latchkey/tools/test-client";
import express from "express";
import { describe, expect, it } from "vitest";
import { badges } from "../../adapter-node/test/shared/badges.ts";
import { csrfSuite } from "../../adapter-node/test/shared/csrf-suite.ts";
import {
  guardsSuite,
  mountedGuardSuite,
  throwing,
} from "../../adapter-node/test/shared/guards-suite.ts";
import { loginBodiesSuite } from "../../adapter-node/test/shared/login-bodies-suite.ts";
import { alpha, html, json, login, type User } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

function site(): Promise<TestClient> {
  const auth = setUp();
  const app = express();
  app.use(auth.session, auth.authenticate(badges));
  app.use("/login", auth.login(login, { delay: "1ms" }));
  app.use("/logout", auth.logout());
  app.all("/members", auth.require(true), (req, res) => void res.json(auth.principalOf(req)));
  app.get("/kept", auth.require(true), (_req, res) => {
    res.set("cache-control", "no-store").end();
  });
  app.get("/api", auth.require(true, { loginUrl: false }));
  app.get("/other", auth.require(true, { loginUrl: "/sign-in?x=1", query: "back" }));
  const [admin, root] = [{ membership: { role: "admin" } }, { membership: { role: "root" } }];
  app.get("/admin", auth.require(admin), (_req, res) => void res.send("admin"));
  app.get("/root", auth.require(root), (_req, res) => void res.send("root"));
  app.get("/throws", auth.require(throwing), (_req, res) => void res.send("in"));
  app.post("/change", auth.csrf, (_req, res) => void res.send("changed"));
  app.get("/token", (req, res) => void res.send(auth.sessionOf(req).csrfToken()));
  app.use(auth.errors);
  return serve(app);
}

guardsSuite(site);
csrfSuite(site);
loginBodiesSuite(site);

mountedGuardSuite(() => {
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
  return serve(app);
});

it("a login's body is also taken from the application's own parsers", async () => {
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

it("credentials can't be called a session", () => {
  const auth = setUp();
  expect(() => auth.authenticate({ ...badges, name: "session" })).toThrow(/session/);
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
