// The example app as a fetch handler, Request in and Response out: everything Latchkey does for it is
// in this file. It needs nothing of Node.js.

import { latchkey, type RequestInfo, type Visit } from "@latchkey/adapter-web";
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
import { answerPage, answerProblem, seeOther } from "./answer.ts";

type AppData = Record<string, unknown>;
type AppVisit = Visit<AppUser, AppData>;
type Handler = (visit: AppVisit, ...params: string[]) => Response | Promise<Response>;

export type FetchHandler = (request: Request, info: RequestInfo) => Promise<Response>;

export function createApp(settings: ExampleSettings, store: Store, users: Users): FetchHandler {
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

  router.all("/login", ({ request }) => login(request));
  router.all("/logout", ({ request }) => logout(request));

  router.get("/", async ({ request, session, client }) => {
    session.csrfToken(); // A first-time visitor gets a cookie, but no record …
    const cookies = request.headers.get("cookie") ?? "";
    const returning = session.id !== null || /\bsid-visitor=/.test(cookies);
    // … until the browser proves that it sends cookies back: robots never fill the store.
    const visits = returning ? await session.update("visits", (n) => numberOr(1, n) + 1) : 1;
    const origin = `${client.protocol}://${client.host}`;
    return answerPage(homePage({ user: session.user, visits: numberOr(1, visits), origin }));
  });
  router.get("/members", async (visit) => {
    return (await members(visit.request)) ?? answerPage(membersPage({ user: userOf(visit) }));
  });
  router.get("/admin", async (visit) => {
    return (await admins(visit.request)) ?? answerPage(adminPage({ user: userOf(visit) }));
  });

  router.get("/account/sessions", async (visit) => {
    const denied = await members(visit.request);
    if (denied !== null) return denied;
    const { session } = visit;
    const sessions = await auth.sessions.list(userOf(visit).id);
    const csrf = { name: "_csrf", value: session.csrfToken() };
    const page = { sessions, currentId: session.id ?? "", csrf, now: Date.now() };
    return answerPage(sessionsPage(page));
  });
  router.post("/account/sessions/revoke-others", async (visit) => {
    const denied = await mayChangeAccount(visit.request);
    if (denied !== null) return denied;
    await auth.sessions.revokeAll(userOf(visit).id, visit.session.id ?? undefined);
    return seeOther("/account/sessions");
  });
  router.post("/account/sessions/:id/revoke", async (visit, id) => {
    const denied = await mayChangeAccount(visit.request);
    if (denied !== null) return denied;
    const ended = await auth.sessions.revoke(userOf(visit).id, id);
    return ended ? seeOther("/account/sessions") : answerPage(notFoundPage(), 404);
  });

  router.get("/api/me", async (visit) => {
    return (await programs(visit.request)) ?? Response.json({ user: userOf(visit) });
  });
  router.get("/api/session", ({ session }) => {
    const { data, createdAt, lastSeenAt, expiresAt } = session;
    const csrfToken = session.csrfToken();
    return Response.json({ data, createdAt, lastSeenAt, expiresAt, csrfToken });
  });
  router.put("/api/session/data/:key", async ({ request, session }, key) => {
    const denied = await auth.csrf(request);
    if (denied !== null) return denied;
    const sent = parseJson(await readBody(request));
    if (sent === null) return answerProblem(400, "Send JSON.");
    await sleep(delayOf(request.url));
    session.data[key] = sent.value;
    await session.save();
    return Response.json({ stored: sent.value });
  });
  router.post("/api/session/data/:key/increment", async ({ request, session }, key) => {
    const denied = await auth.csrf(request);
    if (denied !== null) return denied;
    await sleep(delayOf(request.url));
    return Response.json(await session.update(key, (n) => numberOr(0, n) + 1));
  });
  router.delete("/api/session/data/:key", async ({ request, session }, key) => {
    const denied = await auth.csrf(request);
    if (denied !== null) return denied;
    delete session.data[key];
    await session.save();
    return new Response(null, { status: 204 });
  });

  router.get("/stream", ({ session }) => {
    session.data["streamed"] = true; // Stored before the Response goes out.
    const text = new TextEncoder();
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (const chunk of ["one\n", "two\n", "three\n"]) {
        yield text.encode(chunk);
        await sleep(20);
      }
    }
    const headers = { "content-type": "text/plain; charset=utf-8" };
    return new Response(ReadableStream.from(chunks()), { headers });
  });

  return async (request, info) => {
    const { pathname } = new URL(request.url);
    // Before the session: these never wait for the store.
    if (pathname === "/healthz" || pathname === "/anon") return new Response("ok");
    const found = router.find(request.method, pathname);
    const run = (visit: AppVisit): Response | Promise<Response> =>
      found?.handler(visit, ...found.params) ?? answerPage(notFoundPage(), 404);
    return auth.handle(request, run, info).catch((error) => {
      console.error(error);
      return answerProblem(500, "Something went wrong.");
    });
  };

  async function mayChangeAccount(request: Request): Promise<Response | null> {
    const denied = await members(request);
    if (denied !== null) return denied;
    const fields = new URLSearchParams((await readBody(request)) ?? "");
    return auth.csrf(request, Object.fromEntries(fields));
  }
}

function userOf({ principal }: AppVisit): AppUser {
  if (principal === null) throw new Error("this route needs auth.require");
  return principal.user;
}

async function readBody({ body }: Request): Promise<string | null> {
  return body === null ? "" : readText(body);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
