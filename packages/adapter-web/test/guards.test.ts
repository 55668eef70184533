// Who gets in, who is sent to the login page, who is refused; and what a login reads.

import type { Authenticator } from "@latchkey/auth-core";
import { describe, expect, it } from "vitest";
import type { Check } from "../src/index.ts";
import { alpha, asJson, browse, login, setUp, type TestBrowser, type User } from "./setup.ts";

const html = { accept: "text/html" };
const json = { accept: "application/json" };

const badges: Authenticator<User> = {
  name: "badge",
  async authenticate(exchange) {
    const badge = exchange.getHeader("x-badge");
    if (badge === undefined) return { kind: "absent" };
    if (badge !== "gold") return { kind: "rejected", wwwAuthenticate: 'Badge realm="x"' };
    return { kind: "accepted", user: { id: "robot" }, roleAccount: true };
  },
};

function site(): TestBrowser {
  const auth = setUp();
  const credentials = auth.authenticate(badges);
  const pages: Record<string, (request: Request) => Promise<Response>> = {
    "/login": auth.route(auth.login(login, { delay: "1ms" })),
    "/logout": auth.route(auth.logout()),
    "/members": auth.route(
      (_request, { principal }) => Response.json(principal),
      credentials,
      auth.require(true),
    ),
    "/cached": auth.route(
      () => new Response("x", { headers: { "cache-control": "no-store" } }),
      auth.require(true),
    ),
    "/admin": auth.route(() => new Response("in"), auth.require({ membership: { role: "root" } })),
    "/token": auth.route((_request, { session }) => new Response(session.csrfToken())),
    "/change": auth.route(
      () => new Response("changed"),
      credentials,
      (request) => auth.csrf(request),
    ),
    "/form": auth.route(async (request) => {
      const fields = Object.fromEntries(await request.formData());
      return (await auth.csrf(request, fields)) ?? new Response("changed");
    }),
  };
  return browse(async (request) => {
    const page = pages[new URL(request.url).pathname];
    return page === undefined ? new Response(null, { status: 404 }) : page(request);
  });
}

describe("require", () => {
  it.each([
    ["a browser", "GET", "/members?a=1&b=2", html, 303, "/login?next=%2Fmembers%3Fa%3D1%26b%3D2"],
    ["HEAD", "HEAD", "/members", html, 303, "/login?next=%2Fmembers"],
    ["a form", "POST", "/members", html, 401, null],
    ["JSON", "GET", "/members", json, 401, null],
  ])("%s that is not logged in", async (_who, method, path, headers, status, location) => {
    const response = await site().fetch(path, { method, headers });
    expect(response.status).toBe(status);
    expect(response.headers.get("location")).toBe(location);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("lets in who may; private pages are not kept by caches unless they say how", async () => {
    const { fetch: send } = site();
    expect((await send("/login", alpha)).status).toBe(200);
    const members = await send("/members");
    expect(members.headers.get("cache-control")).toBe("private, no-cache");
    expect(await members.json()).toMatchObject({ user: { id: "alpha" }, via: "session" });
    expect((await send("/cached")).headers.get("cache-control")).toBe("no-store");
    expect((await send("/admin", { headers: html })).status).toBe(403);
    const head = await send("/admin", { method: "HEAD", headers: html });
    expect([head.status, await head.text()]).toEqual([403, ""]);
  });

  it("mounted, it spares the login page and what was exempted, but no route's own guard", async () => {
    const auth = setUp();
    const everything = auth.require(true, { place: "mounted" });
    const exempt = auth.require(false);
    const serveLogin = auth.login(login);
    const own: Check = auth.require(true);
    const { fetch: send } = browse((request) =>
      auth.handle(request, async () => {
        const { pathname } = new URL(request.url);
        if (pathname.startsWith("/assets/")) await exempt(request);
        const refusal = await everything(request);
        if (refusal !== null) return refusal;
        if (pathname === "/login") return serveLogin(request);
        if (pathname === "/assets/own") return (await own(request)) ?? new Response("own");
        return new Response("page");
      }),
    );
    expect((await send("/assets/style.css")).status).toBe(200);
    expect((await send("/assets/own", { headers: json })).status).toBe(401);
    expect((await send("/login", { headers: html })).status).toBe(200);
    for (const path of ["/page", "//page", "/login/../page", "/login/x", "/x?/login"]) {
      expect((await send(path, { headers: json })).status, path).toBe(401);
    }
  });
});

describe("csrf", () => {
  it.each([
    ["no token", {}, 403],
    ["a same-origin browser", { "sec-fetch-site": "same-origin" }, 200],
    ["another site", { "sec-fetch-site": "cross-site" }, 403],
    ["a foreign origin", { origin: "https://evil.example" }, 403],
    ["a credential of its own", { "x-badge": "gold" }, 200],
  ])("%s", async (_what, headers, status) => {
    const { fetch: send } = site();
    await send("/login", alpha);
    expect((await send("/change", { method: "POST", headers })).status).toBe(status);
  });

  it("the token may be a header or a field", async () => {
    const { fetch: send } = site();
    await send("/login", alpha);
    const token = await (await send("/token")).text();
    const headers = { "x-csrf-token": token };
    expect((await send("/change", { method: "POST", headers })).status).toBe(200);
    const form = (value: string) =>
      send("/form", { method: "POST", body: new URLSearchParams({ _csrf: value }) });
    expect((await form(token)).status).toBe(200);
    expect((await form("x")).status).toBe(403);
  });
});

it("credentials that come with the request make the principal, or are refused", async () => {
  const { fetch: send } = site();
  const gold = await send("/members", { headers: { "x-badge": "gold" } });
  expect(await gold.json()).toMatchObject({ user: { id: "robot" }, via: "badge" });
  const tin = await send("/members", { headers: { "x-badge": "tin" } });
  expect([tin.status, tin.headers.get("www-authenticate")]).toEqual([401, 'Badge realm="x"']);
});

it("logging out ends the session", async () => {
  const { fetch: send } = site();
  await send("/login", alpha);
  const token = await (await send("/token")).text();
  const logout = { method: "POST", body: new URLSearchParams({ _csrf: token }) };
  expect((await send("/logout", logout)).status).toBeLessThan(400);
  expect((await send("/members", { headers: json })).status).toBe(401);
});

describe("bodies of a login", () => {
  const endless = () => {
    let sent = 0;
    return new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent > 200) throw new Error("read to the end");
        controller.enqueue(new Uint8Array(8_192).fill(32));
      },
    });
  };
  it.each<[string, RequestInit & { duplex?: "half" }]>([
    ["an object for a name", asJson({ user: { $ne: null }, password: "x" })],
    ["a list", asJson({ user: ["alpha"], password: "secret" })],
    ["no object", asJson("alpha")],
    ["null", asJson(null)],
    ["malformed JSON", { ...asJson({}), body: "{" }],
    ["no UTF-8", { ...asJson({}), body: new Uint8Array([123, 34, 255, 34, 125]) }],
    ["a megabyte", asJson({ user: "alpha", password: "x".repeat(1_000_000) })],
    ["a stream without an end", { ...asJson({}), body: endless(), duplex: "half" }],
    [
      "an unknown charset",
      { ...asJson({}), headers: { "content-type": "application/json; charset=x" } },
    ],
    [
      "a coded one",
      {
        ...asJson({}),
        headers: { "content-type": "application/json", "content-encoding": "gzip" },
      },
    ],
  ])("%s is 400", async (_what, init) => {
    const { fetch: send } = site();
    const response = await send("/login", init);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "bad-request" });
    expect((await send("/login", alpha)).status).toBe(200);
  });

  it("doubled fields of a form are refused", async () => {
    const { fetch: send } = site();
    const page = await (await send("/login", { headers: html })).text();
    const token = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
    const form = (text: string) =>
      send("/login", { method: "POST", body: new URLSearchParams(`_csrf=${token}&${text}`) });
    expect((await form("user=alpha&user=alpha&password=secret")).status).toBe(400);
    expect((await form("user=alpha&password=secret")).status).toBe(303);
  });

  it("one that was read before is a mistake of the application", async () => {
    const auth = setUp();
    const page = auth.login(login);
    const { fetch: send } = browse((request) =>
      auth.handle(request, async () => {
        await request.text();
        return page(request);
      }),
    );
    await expect(send("/login", alpha)).rejects.toThrow(/clone/);
  });
});
