// The example app on Express: everything Latchkey does for it is in this file.

import { STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { latchkey } from "@latchkey/adapter-express";
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
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type Response,
} from "express";

type AppData = Record<string, unknown>;

export function createApp(settings: ExampleSettings, store: Store, users: Users): Express {
  const auth = latchkey<AppUser, AppData>({
    store,
    keys: settings.keys,
    ...settings.lifetimes,
    loadUser: (id) => users.load(id),
    pageOptions: { appName: "Latchkey example" },
    onEvent: (event) => users.heard(event),
  });
  const app = express();
  app.set("trust proxy", settings.trustProxy);
  app.disable("x-powered-by");

  // Before the session: these never wait for the store.
  app.get("/healthz", (_req, res) => void res.send("ok"));
  app.get("/anon", (_req, res) => void res.send("ok"));

  app.use(auth.session);
  const remember = { default: "browser", values: { yes: "30d" } } as const;
  app.use("/login", auth.login(users.login, { lifetime: remember }));
  app.use("/logout", auth.logout());

  app.get("/", async (req, res) => {
    const session = auth.sessionOf(req);
    session.csrfToken(); // A first-time visitor gets a cookie, but no record …
    const returning = session.id !== null || /\bsid-visitor=/.test(req.headers.cookie ?? "");
    // … until the browser proves that it sends cookies back: robots never fill the store.
    const visits = returning ? await session.update("visits", (n) => count(n, 1) + 1) : 1;
    const origin = `${req.protocol}://${req.headers.host}`;
    send(res, homePage({ user: session.user, visits: count(visits, 1), origin }));
  });
  app.get("/members", auth.require(true), (req, res) => {
    send(res, membersPage({ user: userOf(req) }));
  });
  app.get("/admin", auth.require({ membership: { role: "admin" } }), (req, res) => {
    send(res, adminPage({ user: userOf(req) }));
  });

  const account = express.Router();
  account.use(auth.require(true), express.urlencoded({ extended: false }), auth.csrf);
  account.get("/", async (req, res) => {
    const session = auth.sessionOf(req);
    const sessions = await auth.sessions.list(userOf(req).id);
    const csrf = { name: "_csrf", value: session.csrfToken() };
    const page = { sessions, currentId: session.id ?? "", csrf, now: Date.now() };
    send(res, sessionsPage(page));
  });
  account.post("/revoke-others", async (req, res) => {
    await auth.sessions.revokeAll(userOf(req).id, auth.sessionOf(req).id ?? undefined);
    res.redirect(303, "/account/sessions");
  });
  account.post("/:id/revoke", async (req, res) => {
    const ended = await auth.sessions.revoke(userOf(req).id, req.params.id);
    if (ended) res.redirect(303, "/account/sessions");
    else send(res, notFoundPage(), 404);
  });
  app.use("/account/sessions", account);

  const api = express.Router();
  api.use(auth.csrf, express.json({ strict: false }));
  api.get("/me", auth.require(true, { loginUrl: false }), (req, res) => {
    res.json({ user: userOf(req) });
  });
  api.get("/session", (req, res) => {
    const session = auth.sessionOf(req);
    const { data, createdAt, lastSeenAt, expiresAt } = session;
    const csrfToken = session.csrfToken();
    res.json({ data, createdAt, lastSeenAt, expiresAt, csrfToken });
  });
  api.put("/session/data/:key", async (req, res) => {
    const session = auth.sessionOf(req);
    if (req.body === undefined) return void res.status(400).json({ title: "Send JSON." });
    await sleep(delayOf(req));
    session.data[req.params.key] = req.body;
    await session.save();
    res.json({ stored: req.body });
  });
  api.post("/session/data/:key/increment", async (req, res) => {
    await sleep(delayOf(req));
    res.json(await auth.sessionOf(req).update(req.params.key, (n) => count(n, 0) + 1));
  });
  api.delete("/session/data/:key", async (req, res) => {
    const session = auth.sessionOf(req);
    delete session.data[req.params.key];
    await session.save();
    res.status(204).end();
  });
  app.use("/api", api);

  app.get("/stream", async (req, res) => {
    auth.sessionOf(req).data["streamed"] = true;
    res.type("text/plain");
    for (const chunk of ["one\n", "two\n", "three\n"]) {
      res.write(chunk);
      await sleep(20);
    }
    res.end();
  });
  app.use((_req, res) => send(res, notFoundPage(), 404));
  app.use(auth.errors, answerFault);
  return app;

  function userOf(req: Request): AppUser {
    const principal = auth.principalOf(req);
    if (principal === null) throw new Error("this route needs auth.require");
    return principal.user;
  }
}

/** Everything that is not Latchkey's: says what it is, but never prints or shows what was sent. */
const answerFault: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) return next(error);
  const status = error.status >= 400 && error.status < 600 ? error.status : 500;
  if (status >= 500) console.error(error);
  res.status(status).type("application/problem+json");
  res.send(JSON.stringify({ type: "about:blank", status, title: STATUS_CODES[status] }));
};

function send(res: Response, page: PageResult, status = 200): void {
  for (const [name, value] of page.headers) res.setHeader(name, value);
  res.status(status).send(page.html);
}

function count(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

function delayOf(req: Request): number {
  const delay = Number(req.query["delay"] ?? 0);
  return Number.isFinite(delay) ? Math.min(Math.max(delay, 0), 10_000) : 0;
}
