// Who gets in, who is sent to the login page, who is refused; and what a login reads.

import { connect } from "node:net";
import {
  asJson,
  type TestAnswer,
  type TestClient,
  type TestRequest,
} from "@latchkey/tools/test-client";
import { describe, expect, it } from "vitest";
import type { Latchkey } from "../src/index.ts";
import { type Listener, serve } from "./serve.ts";
import { alpha, type Data, login, setUp, type User } from "./setup.ts";

const html = { accept: "text/html" };
const json = { accept: "application/json" };

function app(auth: Latchkey<User, Data> = setUp()): Listener {
  const [serveLogin, serveLogout] = [auth.login(login, { delay: "1ms" }), auth.logout()];
  const [members, admin] = [auth.require(true), auth.require({ membership: { role: "root" } })];
  const credentials = auth.authenticate({
    name: "badge",
    async authenticate(exchange) {
      const badge = exchange.getHeader("x-badge");
      if (badge === undefined) return { kind: "absent" };
      if (badge !== "gold") return { kind: "rejected", wwwAuthenticate: 'Badge realm="x"' };
      return { kind: "accepted", user: { id: "robot" } };
    },
  });
  return auth.handle(async (req, res) => {
    if (!(await credentials(req, res))) return;
    switch (req.url?.split("?")[0]) {
      case "/login":
        return serveLogin(req, res);
      case "/logout":
        return serveLogout(req, res);
      case "/members":
        if (await members(req, res)) res.end(JSON.stringify(auth.principalOf(req)));
        return;
      case "/admin":
        if (await admin(req, res)) res.end("in");
        return;
      case "/token":
        return res.end(auth.sessionOf(req).csrfToken());
      case "/change":
        if (await auth.csrf(req, res)) res.end("changed");
        return;
      default:
        return res.writeHead(404).end();
    }
  });
}

describe.each([1, 2] as const)("HTTP/%i", (version) => {
  const site = (): Promise<TestClient> => serve(app(), version);

  it.each([
    ["a browser", "GET", "/members?a=1&b=2", html, 303, "/login?next=%2Fmembers%3Fa%3D1%26b%3D2"],
    ["HEAD", "HEAD", "/members", html, 303, "/login?next=%2Fmembers"],
    ["a form", "POST", "/members", html, 401, undefined],
    ["JSON", "GET", "/members", json, 401, undefined],
  ])("%s that is not logged in", async (_who, method, path, headers, status, location) => {
    const { fetch } = await site();
    const reply = await fetch(path, { method, headers });
    expect(reply).toMatchObject({ status, setCookies: [] });
    expect(reply.headers["location"]).toBe(location);
  });

  it("logs in, guards and logs out", async () => {
    const { fetch } = await site();
    expect((await fetch("/login", alpha)).status).toBe(200);
    const members = await fetch("/members");
    expect(members.headers["cache-control"]).toBe("private, no-cache");
    expect(JSON.parse(members.body)).toMatchObject({ user: { id: "alpha" }, via: "session" });
    expect((await fetch("/admin", { headers: html })).status).toBe(403);
    const change = (headers: Record<string, string>): Promise<TestAnswer> =>
      fetch("/change", { method: "POST", headers });
    expect((await change({})).status).toBe(403);
    expect((await change({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    const token = (await fetch("/token")).body;
    expect((await change({ "x-csrf-token": token })).status).toBe(200);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const logout = { method: "POST", headers: form, body: `_csrf=${encodeURIComponent(token)}` };
    expect((await fetch("/logout", logout)).status).toBeLessThan(400);
    expect((await fetch("/members", { headers: json })).status).toBe(401);
  });

  it("credentials that come with the request make the principal, or are refused", async () => {
    const { fetch } = await site();
    const gold = await fetch("/members", { headers: { "x-badge": "gold" } });
    expect(JSON.parse(gold.body)).toMatchObject({ user: { id: "robot" }, via: "badge" });
    const tin = await fetch("/members", { headers: { "x-badge": "tin" } });
    expect(tin.status).toBe(401);
    expect(tin.headers["www-authenticate"]).toBe('Badge realm="x"');
  });

  it.each<[string, TestRequest]>([
    ["an object for a name", asJson({ user: { $ne: null }, password: "x" })],
    ["no object", asJson("alpha")],
    ["malformed JSON", { ...asJson({}), body: "{" }],
    ["no UTF-8", { ...asJson({}), body: Buffer.from([123, 34, 255, 34, 125]) }],
    ["a megabyte", asJson({ user: "alpha", password: "x".repeat(1_000_000) })],
    ["65 kB", asJson({ user: "alpha", password: "x".repeat(65_536) })],
    [
      "an unknown charset",
      { ...asJson({}), headers: { "content-type": "application/json; charset=x" } },
    ],
  ])("%s as a login is 400", async (_what, init) => {
    const { fetch } = await site();
    const reply = await fetch("/login", init);
    expect(reply).toMatchObject({ status: 400, setCookies: [] });
    expect(JSON.parse(reply.body)).toMatchObject({ code: "bad-request" });
    expect((await fetch("/login", alpha)).status).toBe(200);
  });
});

it("mounted, a guard spares the login page and what was exempted", async () => {
  const auth = setUp();
  const [everything, exempt] = [auth.require(true, { place: "mounted" }), auth.require(false)];
  const serveLogin = auth.login(login);
  const { fetch } = await serve(
    auth.handle(async (req, res) => {
      if (req.url?.startsWith("/assets/")) await exempt(req, res);
      if (!(await everything(req, res))) return;
      if (req.url === "/login") return serveLogin(req, res);
      res.end("page");
    }),
  );
  expect((await fetch("/assets/style.css")).status).toBe(200);
  expect((await fetch("/login", { headers: html })).status).toBe(200);
  for (const path of ["/page", "//page", "/login/../page", "/login/x"]) {
    expect((await fetch(path, { headers: json })).status, path).toBe(401);
  }
});

it("a body of unknown length is read to the limit only", async () => {
  const { port } = await serve(app());
  const socket = connect(port, "127.0.0.1");
  const answer = new Promise<string>((resolve) => {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", () => {});
  });
  const head = "POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
  socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
  const chunk = `2000\r\n${" ".repeat(0x2000)}\r\n`;
  for (let sent = 0; sent < 9; sent++) socket.write(chunk); // Never ends.
  expect(await answer).toMatch(/^HTTP\/1\.1 400 /);
});

it("what an application's own parser has read is taken from req.body", async () => {
  const auth = setUp();
  const serveLogin = auth.login(login);
  const { fetch } = await serve(
    auth.handle(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk);
      if (req.url === "/login") {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        Object.assign(req, { body });
      }
      return serveLogin(req, res);
    }),
  );
  expect((await fetch("/login", alpha)).status).toBe(200);
  expect((await fetch("/forgotten", alpha)).status).toBe(500);
});

it("reading the session without handle says what is missing", async () => {
  const auth = setUp();
  const { fetch } = await serve((req, res) => {
    expect(() => auth.sessionOf(req)).toThrow(/auth\.handle or auth\.session/);
    res.end("ok");
  });
  expect((await fetch("/")).status).toBe(200);
});

describe("protocol and address", () => {
  const claims = { "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9" };

  it.each([
    [["loopback"], /^__Host-sid=[^;]+; .*Secure/, "203.0.113.9"],
    [false, /^sid=(?!.*Secure)/, "127.0.0.1"],
  ] as const)("with trustProxy %j", async (trustProxy, cookie, ip) => {
    const auth = setUp({ trustProxy });
    const { fetch } = await serve(app(auth));
    const reply = await fetch("/login", { ...alpha, headers: { ...alpha.headers, ...claims } });
    expect(reply.setCookies[0]).toMatch(cookie);
    expect((await auth.sessions.list("alpha"))[0]?.ip).toBe(ip);
  });
});
