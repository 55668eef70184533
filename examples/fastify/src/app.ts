// The example app on Fastify: everything Latchkey does for it is in this file.

import { STATUS_CODES } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { latchkey } from "@latchkey/adapter-fastify";
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
import fastify, {
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";

type AppData = Record<string, unknown>;
type WithKey = { Params: { key: string }; Querystring: { delay?: unknown } };

export async function createApp(
  settings: ExampleSettings,
  store: Store,
  users: Users,
): Promise<FastifyInstance> {
  const auth = latchkey<AppUser, AppData>({
    store,
    keys: settings.keys,
    ...settings.lifetimes,
    loadUser: (id) => users.load(id),
    pageOptions: { appName: "Latchkey example" },
    onEvent: (event) => users.heard(event),
  });
  const account: FastifyPluginAsync = async (app) => {
    app.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string" },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    app.addHook("preHandler", auth.require(true));
    app.addHook("preHandler", auth.csrf);
    app.get("/", async (request, reply) => {
      const session = auth.sessionOf(request);
      const sessions = await auth.sessions.list(userOf(request).id);
      const csrf = { name: "_csrf", value: session.csrfToken() };
      const page = { sessions, currentId: session.id ?? "", csrf, now: Date.now() };
      return send(reply, sessionsPage(page));
    });
    app.post("/revoke-others", async (request, reply) => {
      const { id } = auth.sessionOf(request);
      await auth.sessions.revokeAll(userOf(request).id, id ?? undefined);
      return reply.redirect("/account/sessions", 303);
    });
    app.post<{ Params: { id: string } }>("/:id/revoke", async (request, reply) => {
      const ended = await auth.sessions.revoke(userOf(request).id, request.params.id);
      if (ended) return reply.redirect("/account/sessions", 303);
      return send(reply, notFoundPage(), 404);
    });
  };

  const api: FastifyPluginAsync = async (app) => {
    app.addHook("preHandler", auth.csrf);
    app.get("/me", { preHandler: auth.require(true, { loginUrl: false }) }, async (request) => ({
      user: userOf(request),
    }));
    app.get("/session", async (request) => {
      const session = auth.sessionOf(request);
      const { data, createdAt, lastSeenAt, expiresAt } = session;
      const csrfToken = session.csrfToken();
      return { data, createdAt, lastSeenAt, expiresAt, csrfToken };
    });
    app.put<WithKey>("/session/data/:key", async (request, reply) => {
      const session = auth.sessionOf(request);
      if (request.body === undefined) return reply.code(400).send({ title: "Send JSON." });
      await sleep(delayOf(request.query));
      session.data[request.params.key] = request.body;
      await session.save();
      return { stored: request.body };
    });
    app.post<WithKey>("/session/data/:key/increment", async (request, reply) => {
      await sleep(delayOf(request.query));
      const next = await auth.sessionOf(request).update(request.params.key, (n) => count(n, 0) + 1);
      return reply.type("application/json").send(JSON.stringify(next));
    });
    app.delete<WithKey>("/session/data/:key", async (request, reply) => {
      const session = auth.sessionOf(request);
      delete session.data[request.params.key];
      await session.save();
      return reply.code(204).send();
    });
  };

  const site: FastifyPluginAsync = async (app) => {
    await app.register(auth.session);
    app.setErrorHandler(auth.errors);
    app.setNotFoundHandler((_request, reply) => send(reply, notFoundPage(), 404));

    const remember = { default: "browser", values: { yes: "30d" } } as const;
    app.register(auth.login(users.login, { lifetime: remember }), { prefix: "/login" });
    app.register(auth.logout(), { prefix: "/logout" });

    app.get("/", async (request, reply) => {
      const session = auth.sessionOf(request);
      session.csrfToken(); // A first-time visitor gets a cookie, but no record …
      const returning = session.id !== null || /\bsid-visitor=/.test(request.headers.cookie ?? "");
      // … until the browser proves that it sends cookies back: robots never fill the store.
      const visits = returning ? await session.update("visits", (n) => count(n, 1) + 1) : 1;
      const origin = `${request.protocol}://${request.host}`;
      return send(reply, homePage({ user: session.user, visits: count(visits, 1), origin }));
    });
    app.get("/members", { preHandler: auth.require(true) }, (request, reply) =>
      send(reply, membersPage({ user: userOf(request) })),
    );
    const admin = auth.require({ membership: { role: "admin" } });
    app.get("/admin", { preHandler: admin }, (request, reply) =>
      send(reply, adminPage({ user: userOf(request) })),
    );
    app.get("/stream", (request, reply) => {
      auth.sessionOf(request).data["streamed"] = true;
      return reply.type("text/plain; charset=utf-8").send(Readable.from(threeChunks()));
    });
    app.register(account, { prefix: "/account/sessions" });
    app.register(api, { prefix: "/api" });
  };

  const app = fastify({ trustProxy: trustOf(settings.trustProxy), frameworkErrors: answerFault });

  // Outside the session's context: these never wait for the store.
  app.get("/healthz", async () => "ok");
  app.get("/anon", async () => "ok");
  app.setErrorHandler(answerFault);
  await app.register(site);
  return app;

  function userOf(request: FastifyRequest): AppUser {
    const principal = auth.principalOf(request);
    if (principal === null) throw new Error("this route needs auth.require");
    return principal.user;
  }
}

/** Everything that is not Latchkey's: says what it is, but never prints or shows what was sent. */
function answerFault(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const claimed = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  const status = claimed >= 400 && claimed < 600 ? claimed : 500;
  if (status >= 500) console.error(error);
  reply.code(status).type("application/problem+json");
  return reply.send(JSON.stringify({ type: "about:blank", status, title: STATUS_CODES[status] }));
}

async function* threeChunks(): AsyncGenerator<string> {
  for (const chunk of ["one\n", "two\n", "three\n"]) {
    yield chunk;
    await sleep(20);
  }
}

/** Fastify trusts a mere number of proxies only when told so in this way. */
function trustOf(
  setting: ExampleSettings["trustProxy"],
): string[] | false | ((address: string, hop: number) => boolean) {
  return typeof setting === "number" ? (_address, hop) => hop < setting : setting;
}

function send(reply: FastifyReply, page: PageResult, status = 200): FastifyReply {
  for (const [name, value] of page.headers) reply.header(name, value);
  return reply.code(status).send(page.html);
}

function count(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

function delayOf(query: { delay?: unknown }): number {
  const delay = Number(query.delay ?? 0);
  return Number.isFinite(delay) ? Math.min(Math.max(delay, 0), 10_000) : 0;
}
