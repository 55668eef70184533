// Who gets in, who is sent to the login page, who is refused; and what a login reads.

import { expect, it } from "vitest";
import { badges } from "../../adapter-node/test/shared/badges.ts";
import { csrfSuite } from "../../adapter-node/test/shared/csrf-suite.ts";
import { fetchClient } from "../../adapter-node/test/shared/fetch-client.ts";
import {
  guardsSuite,
  mountedGuardSuite,
  throwing,
} from "../../adapter-node/test/shared/guards-suite.ts";
import { loginBodiesSuite } from "../../adapter-node/test/shared/login-bodies-suite.ts";
import { alpha, asJson, html, login } from "../../adapter-node/test/shared/site-parts.ts";
import type { Check } from "../src/index.ts";
import { browse } from "./browse.ts";
import { setUp } from "./setup.ts";

function site(): (request: Request) => Promise<Response> {
  const auth = setUp();
  const credentials = auth.authenticate(badges);
  const text = (answer: string) => () => new Response(answer);
  const pages: Record<string, (request: Request) => Promise<Response>> = {
    "/login": auth.route(auth.login(login, { delay: "1ms" })),
    "/logout": auth.route(auth.logout()),
    "/members": auth.route(
      (_request, { principal }) => Response.json(principal),
      credentials,
      auth.require(true),
    ),
    "/kept": auth.route(
      () => new Response("x", { headers: { "cache-control": "no-store" } }),
      auth.require(true),
    ),
    "/api": auth.route(text("api"), auth.require(true, { loginUrl: false })),
    "/other": auth.route(
      text("other"),
      auth.require(true, { loginUrl: "/sign-in?x=1", query: "back" }),
    ),
    "/admin": auth.route(text("admin"), auth.require({ membership: { role: "admin" } })),
    "/root": auth.route(text("root"), auth.require({ membership: { role: "root" } })),
    "/throws": auth.route(text("in"), auth.require(throwing)),
    "/token": auth.route((_request, { session }) => new Response(session.csrfToken())),
    "/change": auth.route(text("changed"), credentials, (request) => auth.csrf(request)),
    "/form": auth.route(async (request) => {
      const fields = Object.fromEntries(await request.formData());
      return (await auth.csrf(request, fields)) ?? new Response("changed");
    }),
  };
  return async (request) => {
    const page = pages[new URL(request.url).pathname];
    return page === undefined ? new Response(null, { status: 404 }) : page(request);
  };
}

guardsSuite(async () => fetchClient(site()));
csrfSuite(async () => fetchClient(site()));
loginBodiesSuite(async () => fetchClient(site()));

mountedGuardSuite(async () => {
  const auth = setUp();
  const everything = auth.require(true, { place: "mounted" });
  const exempt = auth.require(false);
  const serveLogin = auth.login(login);
  const own: Check = auth.require(true);
  return fetchClient((request) =>
    auth.handle(request, async () => {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith("/assets/")) await exempt(request);
      const refusal = await everything(request);
      if (refusal !== null) return refusal;
      if (pathname === "/login") return serveLogin(request);
      if (pathname === "/assets/secret") return (await own(request)) ?? new Response("own");
      return new Response("page");
    }),
  );
});

it("the CSRF token may be a field", async () => {
  const { fetch: send } = browse(site());
  await send("/login", alpha);
  const token = await (await send("/token")).text();
  const form = (value: string) =>
    send("/form", { method: "POST", body: new URLSearchParams({ _csrf: value }) });
  expect((await form(token)).status).toBe(200);
  expect((await form("x")).status).toBe(403);
});

it("a login's body without an end is 400", async () => {
  const { fetch: send } = browse(site());
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      sent += 1;
      if (sent > 200) throw new Error("read to the end");
      controller.enqueue(new Uint8Array(8_192).fill(32));
    },
  });
  const init: RequestInit & { duplex: "half" } = { ...asJson({}), body, duplex: "half" };
  const response = await send("/login", init);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: "bad-request" });
  expect((await send("/login", alpha)).status).toBe(200);
});

it("doubled fields of the login form are refused", async () => {
  const { fetch: send } = browse(site());
  const page = await (await send("/login", { headers: html })).text();
  const token = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const form = (text: string) =>
    send("/login", { method: "POST", body: new URLSearchParams(`_csrf=${token}&${text}`) });
  expect((await form("user=alpha&user=alpha&password=secret")).status).toBe(400);
  expect((await form("user=alpha&password=secret")).status).toBe(303);
});

it("a login's body that was read before is a mistake of the application", async () => {
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
