// Who gets in, who is sent to the login page, who is refused; what a login reads; all on a real server.

import { createAdaptorServer } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono } from "hono";
import { describe, expect, it, onTestFinished } from "vitest";
import { alpha, asJson, browse, login, setUp, type TestBrowser } from "./setup.ts";

const html = { accept: "text/html" };
const json = { accept: "application/json" };

async function listen(app: Hono): Promise<TestBrowser> {
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return browse(`http://127.0.0.1:${address.port}`);
}

function site(): Promise<TestBrowser> {
  const auth = setUp();
  const app = new Hono();
  const credentials = auth.authenticate({
    name: "badge",
    async authenticate(exchange) {
      const badge = exchange.getHeader("x-badge");
      if (badge === undefined) return { kind: "absent" };
      if (badge !== "gold") return { kind: "rejected", wwwAuthenticate: 'Badge realm="x"' };
      return { kind: "accepted", user: { id: "robot" } };
    },
  });
  app.use(auth.session, credentials);
  app.all("/login", auth.login(login, { delay: "1ms" }));
  app.all("/logout", auth.logout());
  app.on(["GET", "POST"], "/members", auth.require(true), (c) => c.json(auth.principalOf(c)));
  app.get("/admin", auth.require({ membership: { role: "root" } }), (c) => c.text("in"));
  app.get("/cached", auth.require(true), (c) => c.text("x", 200, { "cache-control": "no-store" }));
  app.get("/token", (c) => c.text(auth.sessionOf(c).csrfToken()));
  app.post("/change", auth.csrf, async (c) => c.text(`changed ${await c.req.text()}`));
  return listen(app);
}

describe("require", () => {
  it.each([
    ["a browser", "GET", "/members?a=1&b=2", html, 303, "/login?next=%2Fmembers%3Fa%3D1%26b%3D2"],
    ["HEAD", "HEAD", "/members", html, 303, "/login?next=%2Fmembers"],
    ["a form", "POST", "/members", html, 401, null],
    ["JSON", "GET", "/members", json, 401, null],
  ])("%s that is not logged in", async (_who, method, path, headers, status, location) => {
    const { fetch: send } = await site();
    const response = await send(path, { method, headers });
    expect(response.status).toBe(status);
    expect(response.headers.get("location")).toBe(location);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("lets in who may; private pages are not kept by caches unless they say how", async () => {
    const { fetch: send } = await site();
    expect((await send("/login", alpha)).status).toBe(200);
    const members = await send("/members");
    expect(members.headers.get("cache-control")).toBe("private, no-cache");
    expect(await members.json()).toMatchObject({ user: { id: "alpha" }, via: "session" });
    expect((await send("/cached")).headers.get("cache-control")).toBe("no-store");
    expect((await send("/admin", { headers: html })).status).toBe(403);
  });

  it("mounted, it spares the login page and what was exempted, but no route's own guard", async () => {
    const auth = setUp();
    const app = new Hono();
    app.use(auth.session);
    app.use("/assets/*", auth.require(false));
    app.use(auth.require(true, { place: "mounted" }));
    app.all("/login", auth.login(login));
    app.get("/assets/own", auth.require(true), (c) => c.text("own"));
    app.get("*", (c) => c.text("page"));
    const { fetch: send } = browse(app);
    expect((await send("/assets/style.css")).status).toBe(200);
    expect((await send("/assets/own", { headers: json })).status).toBe(401);
    expect((await send("/login", { headers: html })).status).toBe(200);
    for (const path of ["/page", "//page", "/login/../page", "/login/x", "/x?/login"]) {
      expect((await send(path, { headers: json })).status, path).toBe(401);
    }
  });
});

describe("csrf", () => {
  it("takes the token as a header, or as a field that the handler can read once more", async () => {
    const { fetch: send } = await site();
    await send("/login", alpha);
    const token = await (await send("/token")).text();
    const change = async (headers: Record<string, string>, body?: URLSearchParams) => {
      const init = body === undefined ? {} : { body };
      const response = await send("/change", { method: "POST", headers, ...init });
      return [response.status, response.status === 200 ? await response.text() : ""];
    };
    expect(await change({})).toEqual([403, ""]);
    expect(await change({ "sec-fetch-site": "cross-site", "x-csrf-token": token })).toEqual([
      403,
      "",
    ]);
    expect(await change({ "sec-fetch-site": "same-origin" })).toEqual([200, "changed "]);
    expect(await change({ "x-csrf-token": token })).toEqual([200, "changed "]);
    expect(await change({ "x-badge": "gold" })).toEqual([200, "changed "]);
    const field = new URLSearchParams({ _csrf: token });
    expect(await change({}, field)).toEqual([200, `changed ${field}`]);
    expect(await change({}, new URLSearchParams({ _csrf: "x" }))).toEqual([403, ""]);
  });
});

it("credentials that come with the request make the principal, or are refused", async () => {
  const { fetch: send } = await site();
  const gold = await send("/members", { headers: { "x-badge": "gold" } });
  expect(await gold.json()).toMatchObject({ user: { id: "robot" }, via: "badge" });
  const tin = await send("/members", { headers: { "x-badge": "tin" } });
  expect([tin.status, tin.headers.get("www-authenticate")]).toEqual([401, 'Badge realm="x"']);
});

describe("bodies of a login", () => {
  it.each<[string, RequestInit]>([
    ["an object for a name", asJson({ user: { $ne: null }, password: "x" })],
    ["no object", asJson("alpha")],
    ["malformed JSON", { ...asJson({}), body: "{" }],
    ["a long one", asJson({ user: "alpha", password: "x".repeat(70_000) })],
  ])("%s is 400", async (_what, init) => {
    const { fetch: send } = await site();
    const response = await send("/login", init);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "bad-request" });
    expect((await send("/login", alpha)).status).toBe(200);
  });

  it.each(["json", "text", "parseBody"] as const)(
    "may have been read by c.req.%s",
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
      const { fetch: send } = browse(app);
      if (read !== "parseBody") return expect((await send("/login", alpha)).status).toBe(200);
      const page = await (await send("/login", { headers: html })).text();
      const token = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
      const form = (text: string) =>
        send("/login", { method: "POST", body: new URLSearchParams(`_csrf=${token}&${text}`) });
      expect((await form("user=alpha&user=alpha&password=secret")).status).toBe(400);
      expect((await form("user=alpha&password=secret")).status).toBe(303);
    },
  );
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
  const { fetch: send } = await listen(app);
  const claims = { "x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.7, 203.0.113.9" };
  const headers = { "content-type": "application/json", ...claims };
  const [line] = (await send("/login", { ...alpha, headers })).headers.getSetCookie();
  expect(/^__Host-sid=.*; Secure/.test(line ?? "")).toBe(secure);
  expect((await auth.sessions.list("alpha"))[0]?.ip).toBe(ip);
  expect(await (await send("/client", { headers: claims })).json()).toBe(ip);
});
