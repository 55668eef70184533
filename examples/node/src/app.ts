// The example app on plain node:http: everything Latchkey does for it is in this file.

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { latchkey } from "@latchkey/adapter-node";
import {
  type AppUser,
  adminPage,
  createRouter,
  delayOf,
  type ExampleSettings,
  homePage,
  membersPage,
  notFoundPage,
  numberOr,
  parseJson,
  readText,
  sessionsPage,
  type Users,
} from "@latchkey/example-shared";
import type { Store } from "@latchkey/session-core";
import { sendJson, sendPage, sendProblem, sendSeeOther } from "./send.ts";

type AppData = Record<string, unknown>;
type Handler = (req: IncomingMessage, res: ServerResponse, ...params: string[]) => unknown;

export function createApp(settings: ExampleSettings, store: Store, users: Users): RequestListener {
  const auth = latchkey<AppUser, AppData>({
    store,
    keys: settings.keys,
    ...settings.lifetimes,
    loadUser: (id) => users.load(id),
    pageOptions: { appName: "Latchkey example" },
    onEvent: (event) => users.heard(event),
    trustProxy: settings.trustProxy,
  });
  const remember = { default: "browser", values: { yes: "30d" } } as const;
  const login = auth.login(users.login, { lifetime: remember });
  const logout = auth.logout();
  const members = auth.require(true);
  const admins = auth.require({ membership: { role: "admin" } });
  const programs = auth.require(true, { loginUrl: false });
  const router = createRouter<Handler>();

  router.all("/login", login);
  router.all("/logout", logout);

  router.get("/", async (req, res) => {
    const session = auth.sessionOf(req);
    session.csrfToken(); // A first-time visitor gets a cookie, but no record …
    const returning = session.id !== null || /\bsid-visitor=/.test(req.headers.cookie ?? "");
    // … until the browser proves that it sends cookies back: robots never fill the store.
    const visits = returning ? await session.update("visits", (n) => numberOr(1, n) + 1) : 1;
    const { protocol, host } = auth.clientOf(req);
    const origin = `${protocol}://${host}`;
    sendPage(res, homePage({ user: session.user, visits: numberOr(1, visits), origin }));
  });
  router.get("/members", async (req, res) => {
    if (await members(req, res)) sendPage(res, membersPage({ user: userOf(req) }));
  });
  router.get("/admin", async (req, res) => {
    if (await admins(req, res)) sendPage(res, adminPage({ user: userOf(req) }));
  });

  router.get("/account/sessions", async (req, res) => {
    if (!(await members(req, res))) return;
    const session = auth.sessionOf(req);
    const sessions = await auth.sessions.list(userOf(req).id);
    const csrf = { name: "_csrf", value: session.csrfToken() };
    const page = { sessions, currentId: session.id ?? "", csrf, now: Date.now() };
    sendPage(res, sessionsPage(page));
  });
  router.post("/account/sessions/revoke-others", async (req, res) => {
    if (!(await mayChangeAccount(req, res))) return;
    await auth.sessions.revokeAll(userOf(req).id, auth.sessionOf(req).id ?? undefined);
    sendSeeOther(res, "/account/sessions");
  });
  router.post("/account/sessions/:id/revoke", async (req, res, id) => {
    if (!(await mayChangeAccount(req, res))) return;
    const ended = await auth.sessions.revoke(userOf(req).id, id);
    if (ended) sendSeeOther(res, "/account/sessions");
    else sendPage(res, notFoundPage(), 404);
  });

  router.get("/api/me", async (req, res) => {
    if (await programs(req, res)) sendJson(res, { user: userOf(req) });
  });
  router.get("/api/session", (req, res) => {
    const session = auth.sessionOf(req);
    const { data, createdAt, lastSeenAt, expiresAt } = session;
    sendJson(res, { data, createdAt, lastSeenAt, expiresAt, csrfToken: session.csrfToken() });
  });
  router.put("/api/session/data/:key", async (req, res, key) => {
    if (!(await auth.csrf(req, res))) return;
    const sent = parseJson(await readText(req));
    if (sent === null) return sendProblem(res, 400);
    const session = auth.sessionOf(req);
    await sleep(delayOf(req.url ?? ""));
    session.data[key] = sent.value;
    await session.save();
    sendJson(res, { stored: sent.value });
  });
  router.post("/api/session/data/:key/increment", async (req, res, key) => {
    if (!(await auth.csrf(req, res))) return;
    await sleep(delayOf(req.url ?? ""));
    sendJson(res, await auth.sessionOf(req).update(key, (n) => numberOr(0, n) + 1));
  });
  router.delete("/api/session/data/:key", async (req, res, key) => {
    if (!(await auth.csrf(req, res))) return;
    const session = auth.sessionOf(req);
    delete session.data[key];
    await session.save();
    res.writeHead(204).end();
  });

  router.get("/stream", async (req, res) => {
    auth.sessionOf(req).data["streamed"] = true;
    res.setHeader("content-type", "text/plain; charset=utf-8");
    for (const chunk of ["one\n", "two\n", "three\n"]) {
      res.write(chunk);
      await sleep(20);
    }
    res.end();
  });

  const app = auth.handle(async (req, res) => {
    const [path = ""] = (req.url ?? "").split("?", 1);
    const found = router.find(req.method ?? "GET", path);
    if (found === null) sendPage(res, notFoundPage(), 404);
    else await found.handler(req, res, ...found.params);
  });
  return (req, res) => {
    // Before the session: these never wait for the store.
    if (req.url === "/healthz" || req.url === "/anon") res.end("ok");
    else void app(req, res);
  };

  function userOf(req: IncomingMessage): AppUser {
    const principal = auth.principalOf(req);
    if (principal === null) throw new Error("this route needs auth.require");
    return principal.user;
  }

  async function mayChangeAccount(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
    if (!(await members(req, res))) return false;
    const fields = new URLSearchParams((await readText(req)) ?? "");
    return auth.csrf(req, res, Object.fromEntries(fields));
  }
}
