// The example app on Koa: everything Latchkey does for it is in this file.

import { STATUS_CODES } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { latchkey } from "@latchkey/adapter-koa";
import {
  type AppUser,
  adminPage,
  type ExampleSettings,
  homePage,
  membersPage,
  notFoundPage,
  type PageResult,
  sessionsPage,
  type Users,
} from "@latchkey/example-shared";
import type { Store } from "@latchkey/session-core";
import Koa, { type Context, type Middleware } from "koa";
import { parseBody } from "./parse-body.ts";
import { type RouteContext, route } from "./router.ts";

type AppData = Record<string, unknown>;

/** @throws {TypeError} For a setting that Koa can't follow. */
export function createApp(settings: ExampleSettings, store: Store, users: Users): Koa {
  const auth = latchkey<AppUser, AppData>({
    store,
    keys: settings.keys,
    ...settings.lifetimes,
    loadUser: (id) => users.load(id),
    pageOptions: { appName: "Latchkey example" },
    onEvent: (event) => users.heard(event),
  });
  const app = new Koa(trustOf(settings.trustProxy));
  app.use(answerFault);
  app.use(auth.errors);

  // Before the session: these never wait for the store.
  app.use(route("GET /healthz", (ctx) => (ctx.body = "ok")));
  app.use(route("GET /anon", (ctx) => (ctx.body = "ok")));

  app.use(auth.session);
  const remember = { default: "browser", values: { yes: "30d" } } as const;
  app.use(route("ALL /login", auth.login(users.login, { lifetime: remember })));
  app.use(route("ALL /logout", auth.logout()));

  app.use(
    route("GET /", async (ctx) => {
      const session = auth.sessionOf(ctx);
      session.csrfToken(); // A first-time visitor gets a cookie, but no record …
      const returning = session.id !== null || /\bsid-visitor=/.test(ctx.get("cookie"));
      // … until the browser proves that it sends cookies back: robots never fill the store.
      const visits = returning ? await session.update("visits", (n) => count(n, 1) + 1) : 1;
      send(ctx, homePage({ user: session.user, visits: count(visits, 1), origin: ctx.origin }));
    }),
  );
  app.use(
    route("GET /members", auth.require(true), (ctx) =>
      send(ctx, membersPage({ user: userOf(ctx) })),
    ),
  );
  app.use(
    route("GET /admin", auth.require({ membership: { role: "admin" } }), (ctx) =>
      send(ctx, adminPage({ user: userOf(ctx) })),
    ),
  );

  const account = [auth.require(true), parseBody, auth.csrf];
  app.use(
    route("GET /account/sessions", ...account, async (ctx) => {
      const session = auth.sessionOf(ctx);
      const sessions = await auth.sessions.list(userOf(ctx).id);
      const csrf = { name: "_csrf", value: session.csrfToken() };
      const page = { sessions, currentId: session.id ?? "", csrf, now: Date.now() };
      send(ctx, sessionsPage(page));
    }),
  );
  app.use(
    route("POST /account/sessions/revoke-others", ...account, async (ctx) => {
      await auth.sessions.revokeAll(userOf(ctx).id, auth.sessionOf(ctx).id ?? undefined);
      seeOther(ctx, "/account/sessions");
    }),
  );
  app.use(
    route("POST /account/sessions/:id/revoke", ...account, async (ctx) => {
      const ended = await auth.sessions.revoke(userOf(ctx).id, ctx.params["id"] ?? "");
      if (ended) seeOther(ctx, "/account/sessions");
      else send(ctx, notFoundPage(), 404);
    }),
  );

  app.use(
    route("GET /api/me", auth.require(true, { loginUrl: false }), (ctx) => {
      ctx.body = { user: userOf(ctx) };
    }),
  );
  app.use(
    route("GET /api/session", (ctx) => {
      const session = auth.sessionOf(ctx);
      const { data, createdAt, lastSeenAt, expiresAt } = session;
      ctx.body = { data, createdAt, lastSeenAt, expiresAt, csrfToken: session.csrfToken() };
    }),
  );
  app.use(
    route("PUT /api/session/data/:key", auth.csrf, parseBody, async (ctx) => {
      const session = auth.sessionOf(ctx);
      if (!("body" in ctx.request)) return ctx.throw(400, "Send JSON.");
      await sleep(delayOf(ctx));
      session.data[keyOf(ctx)] = ctx.request.body;
      await session.save();
      ctx.body = { stored: ctx.request.body };
    }),
  );
  app.use(
    route("POST /api/session/data/:key/increment", auth.csrf, async (ctx) => {
      await sleep(delayOf(ctx));
      ctx.body = await auth.sessionOf(ctx).update(keyOf(ctx), (n) => count(n, 0) + 1);
    }),
  );
  app.use(
    route("DELETE /api/session/data/:key", auth.csrf, async (ctx) => {
      const session = auth.sessionOf(ctx);
      delete session.data[keyOf(ctx)];
      await session.save();
      ctx.status = 204;
    }),
  );

  app.use(
    route("GET /stream", (ctx) => {
      auth.sessionOf(ctx).data["streamed"] = true;
      ctx.type = "text/plain";
      ctx.body = Readable.from(threeChunks());
    }),
  );
  app.use((ctx) => send(ctx, notFoundPage(), 404));
  return app;

  function userOf(ctx: Context): AppUser {
    const principal = auth.principalOf(ctx);
    if (principal === null) throw new Error("this route needs auth.require");
    return principal.user;
  }
}

/** Everything that is not Latchkey's: says what it is, but never prints or shows what was sent. */
const answerFault: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    const claimed = error instanceof Error && "status" in error ? Number(error.status) : 500;
    const status = claimed >= 400 && claimed < 600 ? claimed : 500;
    if (status >= 500) console.error(error);
    ctx.status = status;
    ctx.type = "application/problem+json";
    ctx.body = JSON.stringify({ type: "about:blank", status, title: STATUS_CODES[status] });
  }
};

async function* threeChunks(): AsyncGenerator<string> {
  for (const chunk of ["one\n", "two\n", "three\n"]) {
    yield chunk;
    await sleep(20);
  }
}

/** Koa counts proxies, but can't tell them by their addresses. */
function trustOf(setting: ExampleSettings["trustProxy"]): { proxy: boolean; maxIpsCount: number } {
  if (setting === false) return { proxy: false, maxIpsCount: 0 };
  if (typeof setting === "number") return { proxy: true, maxIpsCount: setting };
  throw new TypeError("TRUST_PROXY must be a number of proxies: Koa knows no addresses");
}

function seeOther(ctx: Context, to: string): void {
  ctx.redirect(to);
  ctx.status = 303;
}

function send(ctx: Context, page: PageResult, status = 200): void {
  for (const [name, value] of page.headers) ctx.set(name, value);
  ctx.status = status;
  ctx.body = page.html;
}

function count(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

function keyOf(ctx: RouteContext): string {
  return ctx.params["key"] ?? "";
}

function delayOf(ctx: Context): number {
  const delay = Number(ctx.query["delay"] ?? 0);
  return Number.isFinite(delay) ? Math.min(Math.max(delay, 0), 10_000) : 0;
}
