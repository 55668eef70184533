// Whatever way a handler answers: the session is stored first, its cookie is sent once, and beside
// the application's own headers.

import { setTimeout as sleep } from "node:timers/promises";
import { type Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import { etag } from "hono/etag";
import { stream } from "hono/streaming";
import { describe, expect, expectTypeOf, it } from "vitest";
import { fetchClient } from "../../adapter-node/test/shared/fetch-client.ts";
import type { Data, User } from "../../adapter-node/test/shared/site-parts.ts";
import { FOREIGN, storedFirstTests } from "../../adapter-node/test/shared/stored-first-suite.ts";
import { browse } from "../../adapter-web/test/browse.ts";
import type { SessionVariables } from "../src/index.ts";
import { setUp } from "./setup.ts";

const answers: Record<string, (c: Context) => Response | Promise<Response>> = {
  "c.text": (c) => c.text("body"),
  "c.json": (c) => c.json({ some: "body" }),
  "c.body without a body": (c) => c.body(null, 204),
  "c.redirect": (c) => c.redirect("/elsewhere"),
  "a stream": (c) =>
    stream(c, async (out) => {
      await out.write("bo");
      await sleep(5);
      await out.write("dy");
    }),
  "a Response": () => new Response("body"),
  "a Response whose headers can't be changed": () => Response.redirect("http://localhost/x"),
  "a fetched Response": () => fetch("data:text/plain,body"),
  "own cookie by setCookie": (c) => {
    setCookie(c, "theme", "dark");
    return c.text("body");
  },
  "own cookie in a Response": () => new Response("body", { headers: [["set-cookie", FOREIGN]] }),
};

describe.each(Object.entries(answers))("%s", (name, answer) => {
  const cookies = name.startsWith("own") ? [FOREIGN] : [];
  storedFirstTests(
    async (store) => {
      const auth = setUp({ store });
      const app = new Hono();
      app.use(auth.session);
      app.get("/data", (c) => c.json(auth.sessionOf(c).data));
      app.get("/", (c) => {
        auth.sessionOf(c).data["seen"] = true;
        return answer(c);
      });
      return fetchClient(app.fetch);
    },
    { cookies },
  );
});

it("304 carries the cookie of a changed session, and one only", async () => {
  const auth = setUp();
  const app = new Hono();
  app.use(auth.session, etag()); // The other way round, etag() leaves out every Set-Cookie.
  app.get("/", (c) => {
    auth.sessionOf(c).data["seen"] = 1;
    return c.text("body");
  });
  const { fetch: send, cookies } = browse(app.fetch);
  const tag = (await send("/")).headers.get("etag") ?? "";
  cookies.clear();
  const response = await send("/", { headers: { "if-none-match": tag } });
  expect(response.status).toBe(304);
  expect(response.headers.getSetCookie()).toHaveLength(1);
});

it("headers of middleware before and after it stay, each once", async () => {
  const auth = setUp();
  const app = new Hono();
  app.use(async (c, next) => {
    setCookie(c, "before", "1");
    await next();
    setCookie(c, "after", "1");
    c.header("x-after", "1");
  });
  app.use(auth.session);
  app.get("/", (c) => {
    auth.sessionOf(c).data["seen"] = 1;
    setCookie(c, "own", "1");
    return c.text("body");
  });
  const response = await browse(app.fetch).fetch("/");
  const names = response.headers.getSetCookie().map((line) => line.split("=")[0]);
  expect(names.sort()).toEqual(["after", "before", "own", "sid"]);
  expect(response.headers.get("x-after")).toBe("1");
});

it("a session that nobody changed costs no cookie, and used twice it is opened once", async () => {
  const auth = setUp();
  const app = new Hono<{ Variables: SessionVariables<User, Data> }>();
  app.use(auth.session, auth.session);
  app.get("/", (c) => c.json(c.get("session").data));
  app.get("/set", (c) => {
    c.var.session.data["a"] = 1;
    return c.text("ok");
  });
  const { fetch: send } = browse(app.fetch);
  expect((await send("/")).headers.getSetCookie()).toEqual([]);
  expect((await send("/set")).headers.getSetCookie()).toHaveLength(1);
  expect(await (await send("/")).json()).toEqual({ a: 1 });
});

it("a change while streaming needs save, and a session that has its cookie", async () => {
  const auth = setUp();
  const late: unknown[] = [];
  const app = new Hono();
  app.use(auth.session);
  app.get("/data", (c) => c.json(auth.sessionOf(c).data));
  app.get("/start", (c) => {
    auth.sessionOf(c).data["a"] = 1;
    return c.text("ok");
  });
  app.get("/stream", (c) =>
    stream(c, async (out) => {
      const session = auth.sessionOf(c);
      await out.write("one");
      await sleep(10);
      session.data["late"] = true;
      await session.save().catch((error) => late.push(error.code));
      await out.write("two");
    }),
  );
  const { fetch: send } = browse(app.fetch);
  expect(await (await send("/stream")).text()).toBe("onetwo");
  expect(late).toEqual(["ERR_SESSION_LATE"]);
  await send("/start");
  expect(await (await send("/stream")).text()).toBe("onetwo");
  expect(await (await send("/data")).json()).toEqual({ a: 1, late: true });
});

it("c.get and c.var are typed by Variables, the accessors by the factory", () => {
  const auth = setUp();
  new Hono<{ Variables: SessionVariables<User, Data> }>().use(auth.session).get("/", (c) => {
    expectTypeOf(c.get("session").user).toEqualTypeOf<User | null>();
    expectTypeOf(c.var.session.data).toEqualTypeOf<Partial<Data>>();
    return c.text("");
  });
  new Hono().use(auth.session).get("/", (c) => {
    expectTypeOf(c.var.session.user).toEqualTypeOf<User | null>(); // Without Variables, by chaining.
    return c.text("");
  });
});

it("reading the session without the middleware says what is missing", async () => {
  const auth = setUp();
  const app = new Hono();
  let said = "";
  app.get("/", (c) => {
    try {
      auth.sessionOf(c);
    } catch (error) {
      said = String(error);
    }
    return c.text("ok");
  });
  await browse(app.fetch).fetch("/");
  expect(said).toMatch(/TypeError: .*app\.use\(auth\.session\)/);
});
