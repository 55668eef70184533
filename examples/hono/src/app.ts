// The example app on Hono: everything Latchkey does for it is in this file.

import { STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { getConnInfo } from "@hono/node-server/conninfo";
import { latchkey, type SessionVariables } from "@latchkey/adapter-hono";
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
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { stream } from "hono/streaming";

type AppData = Record<string, unknown>;
type Env = { Variables: SessionVariables<AppUser, AppData> };

export function createApp(settings: ExampleSettings, store: Store, users: Users): Hono<Env> {
  const auth = latchkey<AppUser, AppData>({
    store,
    keys: settings.keys,
    ...settings.lifetimes,
    loadUser: (id) => users.load(id),
    pageOptions: { appName: "Latchkey example" },
    onEvent: (event) => users.heard(event),
    trustProxy: settings.trustProxy,
    connection: (c) => getConnInfo(c).remote.address,
  });
  const app = new Hono<Env>();

  // Before the session: these never wait for the store.
  app.get("/healthz", (c) => c.text("ok"));
  app.get("/anon", (c) => c.text("ok"));

  app.use(auth.session);
  const remember = { default: "browser", values: { yes: "30d" } } as const;
  app.all("/login", auth.login(users.login, { lifetime: remember }));
  app.all("/logout", auth.logout());

  app.get("/", async (c) => {
    const session = c.get("session");
    session.csrfToken(); // A first-time visitor gets a cookie, but no record …
    const returning = session.id !== null || /\bsid-visitor=/.test(c.req.header("cookie") ?? "");
    // … until the browser proves that it sends cookies back: robots never fill the store.
    const visits = returning ? await session.update("visits", (n) => count(n, 1) + 1) : 1;
    const { protocol, host } = auth.clientOf(c);
    const origin = `${protocol}://${host}`;
    return send(c, homePage({ user: session.user, visits: count(visits, 1), origin }));
  });
  app.get("/members", auth.require(true), (c) => send(c, membersPage({ user: userOf(c) })));
  app.get("/admin", auth.require({ membership: { role: "admin" } }), (c) =>
    send(c, adminPage({ user: userOf(c) })),
  );

  const account = new Hono<Env>();
  account.use(auth.require(true), bodyLimit({ maxSize: 65_536 }), auth.csrf);
  account.get("/", async (c) => {
    const session = c.get("session");
    const sessions = await auth.sessions.list(userOf(c).id);
    const csrf = { name: "_csrf", value: session.csrfToken() };
    const page = { sessions, currentId: session.id ?? "", csrf, now: Date.now() };
    return send(c, sessionsPage(page));
  });
  account.post("/revoke-others", async (c) => {
    await auth.sessions.revokeAll(userOf(c).id, c.get("session").id ?? undefined);
    return c.redirect("/account/sessions", 303);
  });
  account.post("/:id/revoke", async (c) => {
    const ended = await auth.sessions.revoke(userOf(c).id, c.req.param("id"));
    return ended ? c.redirect("/account/sessions", 303) : send(c, notFoundPage(), 404);
  });
  app.route("/account/sessions", account);

  const api = new Hono<Env>();
  api.use(bodyLimit({ maxSize: 100_000 }), auth.csrf);
  api.get("/me", auth.require(true, { loginUrl: false }), (c) => c.json({ user: userOf(c) }));
  api.get("/session", (c) => {
    const session = c.get("session");
    const { data, createdAt, lastSeenAt, expiresAt } = session;
    const csrfToken = session.csrfToken();
    return c.json({ data, createdAt, lastSeenAt, expiresAt, csrfToken });
  });
  api.put("/session/data/:key", async (c) => {
    const value = await c.req.json().catch((cause) => {
      throw new HTTPException(400, { cause });
    });
    const session = c.get("session");
    await sleep(delayOf(c));
    session.data[c.req.param("key")] = value;
    await session.save();
    return c.json({ stored: value });
  });
  api.post("/session/data/:key/increment", async (c) => {
    await sleep(delayOf(c));
    return c.json(await c.get("session").update(c.req.param("key"), (n) => count(n, 0) + 1));
  });
  api.delete("/session/data/:key", async (c) => {
    const session = c.get("session");
    delete session.data[c.req.param("key")];
    await session.save();
    return c.body(null, 204);
  });
  app.route("/api", api);

  app.get("/stream", (c) => {
    c.get("session").data["streamed"] = true; // Stored before the first chunk goes out.
    c.header("content-type", "text/plain; charset=utf-8");
    return stream(c, async (out) => {
      for (const chunk of ["one\n", "two\n", "three\n"]) {
        await out.write(chunk);
        await sleep(20);
      }
    });
  });
  app.notFound((c) => send(c, notFoundPage(), 404));
  app.onError(async (error, c) => (await auth.errors(error, c)) ?? answerFault(error));
  return app;

  function userOf(c: Context<Env>): AppUser {
    const principal = auth.principalOf(c);
    if (principal === null) throw new Error("this route needs auth.require");
    return principal.user;
  }
}

/** Everything that is not Latchkey's: says what it is, but never prints or shows what was sent. */
function answerFault(error: Error): Response {
  const status = error instanceof HTTPException ? error.status : 500;
  if (status >= 500) console.error(error);
  const problem = { type: "about:blank", status, title: STATUS_CODES[status] };
  const headers = { "content-type": "application/problem+json" };
  return new Response(JSON.stringify(problem), { status, headers });
}

function send(c: Context, page: PageResult, status: 200 | 404 = 200): Response {
  for (const [name, value] of page.headers) c.header(name, value);
  return c.body(page.html, status);
}

function count(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

function delayOf(c: Context): number {
  const delay = Number(c.req.query("delay") ?? 0);
  return Number.isFinite(delay) ? Math.min(Math.max(delay, 0), 10_000) : 0;
}
