// Who gets in, who is sent to the login page, who is refused; and what a login reads.

import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { Check, Latchkey } from "../src/index.ts";
import { type Listener, serve } from "./serve.ts";
import { setUp } from "./setup.ts";
import { badges } from "./shared/badges.ts";
import { csrfSuite } from "./shared/csrf-suite.ts";
import { guardsSuite, mountedGuardSuite, throwing } from "./shared/guards-suite.ts";
import { loginBodiesSuite } from "./shared/login-bodies-suite.ts";
import { alpha, type Data, login, type User } from "./shared/site-parts.ts";

function app(auth: Latchkey<User, Data> = setUp()): Listener {
  const [serveLogin, serveLogout] = [auth.login(login, { delay: "1ms" }), auth.logout()];
  const credentials = auth.authenticate(badges);
  const guards: Record<string, Check> = {
    "/members": auth.require(true),
    "/kept": auth.require(true),
    "/api": auth.require(true, { loginUrl: false }),
    "/other": auth.require(true, { loginUrl: "/sign-in?x=1", query: "back" }),
    "/admin": auth.require({ membership: { role: "admin" } }),
    "/root": auth.require({ membership: { role: "root" } }),
    "/throws": auth.require(throwing),
    "/change": auth.csrf,
  };
  return auth.handle(async (req, res) => {
    if (!(await credentials(req, res))) return;
    const [path = ""] = req.url?.split("?") ?? [];
    const guard = guards[path];
    if (guard !== undefined && !(await guard(req, res))) return;
    switch (path) {
      case "/login":
        return serveLogin(req, res);
      case "/logout":
        return serveLogout(req, res);
      case "/members":
        return res.end(JSON.stringify(auth.principalOf(req)));
      case "/kept":
        return res.setHeader("cache-control", "no-store").end();
      case "/token":
        return res.end(auth.sessionOf(req).csrfToken());
      case "/change":
        return res.end("changed");
      default:
        return guard === undefined ? res.writeHead(404).end() : res.end(path.slice(1));
    }
  });
}

function guarded(): Listener {
  const auth = setUp();
  const [everything, exempt] = [auth.require(true, { place: "mounted" }), auth.require(false)];
  const [serveLogin, own] = [auth.login(login), auth.require(true)];
  return auth.handle(async (req, res) => {
    if (req.url?.startsWith("/assets/")) await exempt(req, res);
    if (!(await everything(req, res))) return;
    if (req.url === "/login") return serveLogin(req, res);
    if (req.url === "/assets/secret" && !(await own(req, res))) return;
    res.end("page");
  });
}

describe.each([1, 2] as const)("HTTP/%i", (version) => {
  const site = () => serve(app(), version);
  guardsSuite(site);
  csrfSuite(site);
  loginBodiesSuite(site);
  mountedGuardSuite(() => serve(guarded(), version));
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
