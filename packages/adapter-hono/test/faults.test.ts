// A store that fails is an error for whoever uses the session, and for nobody else; nothing of an
// answer that could not be stored gets out.

import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { describe, expect, it } from "vitest";
import { browse } from "../../adapter-web/test/browse.ts";
import type { SessionVariables } from "../src/index.ts";
import { alpha, type Data, login, setUp, storeWith, type User } from "./setup.ts";

const away = (): Promise<never> =>
  Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
const json = { accept: "application/json" };

it("while a session is opened: 503 where it is used, 200 where it isn't, and it recovers", async () => {
  const inner = memoryStore();
  let down = false;
  const store = storeWith({ get: (id) => (down ? away() : inner.get(id)) }, inner);
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
  app.onError(async (error, c) => (await auth.errors(error, c)) ?? c.text(String(error), 500));
  const { fetch: send } = browse(app.fetch);
  expect((await send("/login", alpha)).status).toBe(200);
  down = true;
  expect(await (await send("/public")).text()).toBe("public");
  expect(await (await send("/touched")).text()).toBe("object1");
  for (const path of ["/mine", "/variable", "/write", "/members"]) {
    const response = await send(path, { headers: json });
    expect(response.status, path).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  }
  down = false;
  expect(await (await send("/members")).text()).toBe("members");
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

  it("a handler's own failed save is answered at once, and not tried again", async () => {
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
      c.header("etag", '"v1"');
      await auth.sessionOf(c).save();
      return c.text("stored");
    });
    app.onError(async (error, c) => (await auth.errors(error, c)) ?? c.text("", 500));
    const response = await browse(app.fetch).fetch("/");
    expect([response.status, response.headers.get("etag")]).toEqual([503, null]);
    expect(tries).toBe(1);
  });

  it("a value that is not JSON is an error page, and the next request works", async () => {
    const auth = setUp();
    const app = new Hono();
    app.use(auth.session);
    app.get("/bad", (c) => {
      auth.sessionOf(c).data["n"] = 1n;
      return c.text("ok");
    });
    app.get("/good", (c) => c.json(auth.sessionOf(c).data));
    app.onError(async (error, c) => (await auth.errors(error, c)) ?? c.text("", 500));
    const { fetch: send } = browse(app.fetch);
    const response = await send("/bad", { headers: json });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: "internal-error" });
    expect(await (await send("/good")).json()).toEqual({});
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
