// A store that fails is an error for whoever uses the session, and for nobody else; nothing of an
// answer that could not be stored gets out.

import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import type { Store } from "@latchkey/session-core";
import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { describe, expect, it } from "vitest";
import {
  droppedCookiesSuite,
  faultsSuite,
  goneClientTest,
  outage,
} from "../../adapter-node/test/shared/faults-suite.ts";
import type { TestClient } from "../../adapter-node/test/shared/fetch-client.ts";
import { serveServer } from "../../adapter-node/test/shared/serve-server.ts";
import {
  away,
  type Data,
  json,
  login,
  storeWith,
  type User,
} from "../../adapter-node/test/shared/site-parts.ts";
import { browse } from "../../adapter-web/test/browse.ts";
import type { SessionVariables } from "../src/index.ts";
import { setUp } from "./setup.ts";

function site(store: Store): Promise<TestClient> {
  const auth = setUp({ store });
  const app = new Hono<{ Variables: SessionVariables<User, Data> }>();
  app.use(auth.session);
  app.get("/public", (c) => c.text("public"));
  app.get("/touched", (c) => c.text(typeof c.get("session") + Object.keys(c.var).length));
  app.all("/login", auth.login(login, { delay: "1ms" }));
  app.get("/mine", (c) => c.text(auth.sessionOf(c).user?.id ?? "nobody"));
  app.get("/variable", (c) => c.text(c.get("session").user?.id ?? "nobody"));
  app.get("/write", (c) => {
    Object.assign(c.get("session"), { anything: 1 });
    return c.text("written");
  });
  app.get("/members", auth.require(true), (c) => c.text("members"));
  app.get("/save", async (c) => {
    c.header("etag", '"v1"');
    auth.sessionOf(c).data["a"] = 1;
    await auth.sessionOf(c).save();
    return c.html("stored");
  });
  app.get("/bad", (c) => {
    auth.sessionOf(c).data["n"] = 1n;
    return c.text("ok");
  });
  app.get("/data", (c) => c.json(auth.sessionOf(c).data));
  app.get("/start", (c) => {
    auth.sessionOf(c).data["a"] = 1;
    return c.text("ok");
  });
  app.get("/slow", async (c) => {
    await sleep(30);
    auth.sessionOf(c).data["kept"] = true;
    return c.text("done");
  });
  app.onError(async (error, c) => (await auth.errors(error, c)) ?? c.text(String(error), 500));
  return serveServer(createServer(getRequestListener(app.fetch)));
}

faultsSuite(site);
goneClientTest(site);

// The context doesn't say what was set by whom before it has a response: none stays.
droppedCookiesSuite((store) => {
  const auth = setUp({ store });
  const app = new Hono();
  app.use(async (c, next) => {
    for (const line of ["lang=en", "ab=1"]) c.header("set-cookie", line, { append: true });
    await next();
  });
  app.use(auth.session);
  app.use(async (c) => {
    c.header("set-cookie", "order=paid", { append: true });
    const session = auth.sessionOf(c);
    const name = session.user?.id ?? "nobody";
    if (c.req.path !== "/mine") session.data["a"] = 1;
    if (c.req.path === "/save") await session.save();
    return c.text(name);
  });
  app.onError(async (error, c) => (await auth.errors(error, c)) ?? c.text("", 500));
  return serveServer(createServer(getRequestListener(app.fetch)));
}, []);

it("while a session can't be opened: 503 for whoever uses the variable, 200 for a look at it", async () => {
  const { fetch } = await outage(site);
  expect((await fetch("/touched")).body).toBe("object1");
  for (const path of ["/variable", "/write"]) {
    const reply = await fetch(path, { headers: json });
    expect(reply.status, path).toBe(503);
    expect(reply.headers["retry-after"]).toBe("1");
    expect(JSON.parse(reply.body)).toMatchObject({ code: "unavailable" });
  }
});

it("a handler's failed save leaves no header of its answer", async () => {
  const { fetch } = await site(storeWith({ create: away }));
  expect((await fetch("/save")).headers).not.toHaveProperty("etag");
});

describe("while a session is stored", () => {
  function application() {
    const auth = setUp({ store: storeWith({ create: away }) });
    const app = new Hono();
    app.use(cors({ origin: "https://app.example.com", credentials: true }), auth.session);
    app.get("/", (c) => {
      auth.sessionOf(c).data["a"] = 1;
      c.header("etag", '"v1"');
      setCookie(c, "secret", "1");
      return c.html("all stored!", 201, { "x-secret": "s" });
    });
    return { app, auth };
  }

  async function expectNoTrace(response: Response): Promise<void> {
    for (const name of ["etag", "x-secret", "set-cookie"]) {
      expect(response.headers.get(name), name).toBeNull();
    }
    expect(await response.text()).not.toContain("stored!");
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
  }

  it("the handler's answer is dropped, with its headers", async () => {
    const { app, auth } = application();
    app.onError(async (error, c) => (await auth.errors(error, c)) ?? c.text("", 500));
    const response = await browse(app.fetch).fetch("/", { headers: json });
    expect(response.status).toBe(503);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    await expectNoTrace(response);
  });

  it("also for an error page of the application's own", async () => {
    const { app } = application();
    app.onError((error, c) => c.text(`own: ${error.name}`, 500));
    const response = await browse(app.fetch).fetch("/");
    expect(response.status).toBe(500);
    await expectNoTrace(response.clone());
    expect(await response.text()).toBe("own: StoreError");
  });
});

it("an error of the application's own gets its page, and what was changed before is stored", async () => {
  const auth = setUp();
  const app = new Hono();
  app.use(auth.session);
  app.get("/data", (c) => c.json(auth.sessionOf(c).data));
  app.get("/", (c) => {
    auth.sessionOf(c).data["a"] = 1;
    throw new RangeError("mine");
  });
  app.onError(async (error, c) => (await auth.errors(error, c)) ?? c.text(error.message, 500));
  const { fetch: send } = browse(app.fetch);
  const response = await send("/");
  expect([response.status, await response.text()]).toEqual([500, "mine"]);
  expect(await (await send("/data")).json()).toEqual({ a: 1 });
});

it("a failed save of the handler's own reaches the application's own onError once, and the store once", async () => {
  let tries = 0;
  const create = () => {
    tries += 1;
    return away();
  };
  const auth = setUp({ store: storeWith({ create }) });
  const app = new Hono();
  app.use(auth.session);
  app.get("/", async (c) => {
    auth.sessionOf(c).data["a"] = 1;
    await auth.sessionOf(c).save();
    return c.text("stored!");
  });
  const heard: unknown[] = [];
  app.onError((error, c) => {
    heard.push(error);
    return c.text("own", 502);
  });
  const response = await browse(app.fetch).fetch("/");
  expect([response.status, await response.text()]).toEqual([502, "own"]);
  expect(heard).toEqual([expect.objectContaining({ code: "ERR_STORE_UNAVAILABLE" })]);
  expect(tries).toBe(1);
});
