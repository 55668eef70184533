// Who gets in, who is sent to the login page, who is refused; what a login reads; all on a real server.

import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { badges } from "../../adapter-node/test/shared/badges.ts";
import { csrfSuite } from "../../adapter-node/test/shared/csrf-suite.ts";
import type { TestClient } from "../../adapter-node/test/shared/fetch-client.ts";
import {
  guardsSuite,
  mountedGuardSuite,
  throwing,
} from "../../adapter-node/test/shared/guards-suite.ts";
import { loginBodiesSuite } from "../../adapter-node/test/shared/login-bodies-suite.ts";
import { serveServer } from "../../adapter-node/test/shared/serve-server.ts";
import { alpha, html, login } from "../../adapter-node/test/shared/site-parts.ts";
import { browse } from "../../adapter-web/test/browse.ts";
import { setUp } from "./setup.ts";

function listen(app: Hono): Promise<TestClient> {
  return serveServer(createServer(getRequestListener(app.fetch)));
}

function site(): Hono {
  const auth = setUp();
  const app = new Hono();
  app.use(auth.session, auth.authenticate(badges));
  app.all("/login", auth.login(login, { delay: "1ms" }));
  app.all("/logout", auth.logout());
  app.on(["GET", "POST"], "/members", auth.require(true), (c) => c.json(auth.principalOf(c)));
  app.get("/kept", auth.require(true), (c) => c.text("x", 200, { "cache-control": "no-store" }));
  app.get("/api", auth.require(true, { loginUrl: false }), (c) => c.text("api"));
  const other = auth.require(true, { loginUrl: "/sign-in?x=1", query: "back" });
  app.get("/other", other, (c) => c.text("other"));
  app.get("/admin", auth.require({ membership: { role: "admin" } }), (c) => c.text("admin"));
  app.get("/root", auth.require({ membership: { role: "root" } }), (c) => c.text("root"));
  app.get("/throws", auth.require(throwing), (c) => c.text("in"));
  app.get("/token", (c) => c.text(auth.sessionOf(c).csrfToken()));
  app.post("/change", auth.csrf, (c) => c.text("changed"));
  app.post("/echo", auth.csrf, async (c) => c.text(`changed ${await c.req.text()}`));
  return app;
}

guardsSuite(() => listen(site()));
csrfSuite(() => listen(site()));
loginBodiesSuite(() => listen(site()));

mountedGuardSuite(() => {
  const auth = setUp();
  const app = new Hono();
  app.use(auth.session);
  app.use("/assets/*", auth.require(false));
  app.use(auth.require(true, { place: "mounted" }));
  app.all("/login", auth.login(login));
  app.get("/assets/secret", auth.require(true), (c) => c.text("secret"));
  app.get("*", (c) => c.text("page"));
  return listen(app);
});

it("the CSRF token is a header, or a field that the handler can read once more", async () => {
  const { fetch } = await listen(site());
  await fetch("/login", alpha);
  const token = (await fetch("/token")).body;
  const change = async (headers: Record<string, string>, body = "") => {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const init = body === "" ? { headers } : { headers: { ...headers, ...type }, body };
    const answer = await fetch("/echo", { method: "POST", ...init });
    return [answer.status, answer.status === 200 ? answer.body : ""];
  };
  expect(await change({})).toEqual([403, ""]);
  expect(await change({ "sec-fetch-site": "same-origin" })).toEqual([200, "changed "]);
  expect(await change({ "x-csrf-token": token })).toEqual([200, "changed "]);
  expect(await change({ "x-badge": "gold" })).toEqual([200, "changed "]);
  const field = String(new URLSearchParams({ _csrf: token }));
  expect(await change({}, field)).toEqual([200, `changed ${field}`]);
  expect(await change({}, "_csrf=x")).toEqual([403, ""]);
});

it.each(["json", "text", "parseBody"] as const)(
  "a login's body may have been read by c.req.%s",
  async (read) => {
    const auth = setUp();
    const app = new Hono();
    app.use(auth.session);
    app.use(async (c, next) => {
      if (read === "json") await c.req.json().catch(() => {});
      else if (read === "text") await c.req.text();
      else await c.req.parseBody();
      await next();
    });
    app.all("/login", auth.login(login));
    const { fetch: send } = browse(app.fetch);
    if (read !== "parseBody") return expect((await send("/login", alpha)).status).toBe(200);
    const page = await (await send("/login", { headers: html })).text();
    const token = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
    const form = (text: string) =>
      send("/login", { method: "POST", body: new URLSearchParams(`_csrf=${token}&${text}`) });
    expect((await form("user=alpha&user=alpha&password=secret")).status).toBe(400);
    expect((await form("user=alpha&password=secret")).status).toBe(303);
  },
);

it("a connection that is no function is refused at start, not at the first visit", () => {
  // @ts-expect-error: as in plain JavaScript
  expect(() => setUp({ connection: "127.0.0.1" })).toThrow(/^connection must be a function/);
});

it.each([
  [1, "203.0.113.9", true],
  [false, "127.0.0.1", false],
] as const)("protocol and address with trustProxy %j", async (trustProxy, ip, secure) => {
  const auth = setUp({ trustProxy, connection: (c) => getConnInfo(c).remote.address });
  const app = new Hono();
  app.use(auth.session);
  app.all("/login", auth.login(login));
  app.get("/client", (c) => c.json(auth.clientOf(c).ip));
  const { fetch } = await listen(app);
  const claims = { "x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.7, 203.0.113.9" };
  const headers = { "content-type": "application/json", ...claims };
  const [line] = (await fetch("/login", { ...alpha, headers })).setCookies;
  expect(/^__Host-sid=.*; Secure/.test(line ?? "")).toBe(secure);
  expect((await auth.sessions.list("alpha"))[0]?.ip).toBe(ip);
  expect(JSON.parse((await fetch("/client", { headers: claims })).body)).toBe(ip);
});
