// Whatever way a handler answers: the session is stored first, and its cookie is sent once.

import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import fastifyCookie from "@fastify/cookie";
import fastify, { type FastifyReply } from "fastify";
import { describe, expect, it } from "vitest";
import { away, storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import {
  FOREIGN,
  lateChangeTests,
  storedFirstTests,
} from "../../adapter-node/test/shared/stored-first-suite.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

const answers: Record<string, (reply: FastifyReply) => unknown> = {
  "a string": () => "body",
  "an object": () => ({ some: "body" }),
  "a buffer": (reply) => reply.send(Buffer.from("body")),
  nothing: (reply) => reply.send(),
  "204": (reply) => reply.code(204).send(),
  "a redirect": (reply) => reply.redirect("/elsewhere"),
  "a stream": (reply) => reply.send(Readable.from(["bo", "dy"])),
  "a web stream": (reply) => reply.send(new Blob(["body"]).stream()),
  "a Response": (reply) => reply.send(new Response("body", { headers: { "x-a": "1" } })),
  "a cookie header": (reply) => reply.header("set-cookie", FOREIGN).send("body"),
  "an error": () => Promise.reject(new Error("own")),
};

describe.each(Object.entries(answers))("%s", (_answer, answer) => {
  const cookies = answer.toString().includes("FOREIGN") ? [FOREIGN] : [];
  storedFirstTests(
    async (store) => {
      const auth = setUp({ store });
      const app = fastify();
      await app.register(auth.session);
      app.get("/data", async (request) => auth.sessionOf(request).data);
      app.get("/", (request, reply) => {
        auth.sessionOf(request).data["seen"] = true;
        return answer(reply);
      });
      return serve(app);
    },
    { cookies },
  );
});

it("304 carries the cookie of a changed session, and one only", async () => {
  const auth = setUp();
  const app = fastify();
  await app.register(auth.session);
  app.get("/", (request, reply) => {
    auth.sessionOf(request).data["seen"] = 1;
    return reply.code(304).header("etag", '"v1"').send();
  });
  const { fetch } = await serve(app);
  expect(await fetch("/")).toMatchObject({ status: 304, setCookies: [expect.any(String)] });
});

it("sends a large stream whole", async () => {
  const auth = setUp();
  const app = fastify();
  await app.register(auth.session);
  const chunk = "x".repeat(64 * 1024);
  app.get("/", (request, reply) => {
    auth.sessionOf(request).data["seen"] = 1;
    return reply.send(Readable.from(Array.from({ length: 64 }, () => chunk)));
  });
  const { fetch } = await serve(app);
  expect((await fetch("/")).body).toHaveLength(64 * chunk.length);
});

it.each(["before", "after"])("loses no cookie of @fastify/cookie, registered %s", async (when) => {
  const auth = setUp();
  const app = fastify();
  if (when === "before") await app.register(fastifyCookie);
  await app.register(auth.session);
  if (when === "after") await app.register(fastifyCookie);
  app.get("/", (request, reply) => {
    auth.sessionOf(request).data["seen"] = 1;
    reply.header("set-cookie", "plain=1");
    return reply.setCookie("one", "1").setCookie("two", "2").send("ok");
  });
  const { fetch } = await serve(app);
  const names = (await fetch("/")).setCookies.map((line) => line.split("=", 1)[0]);
  expect(names.sort()).toEqual(["one", "plain", "sid", "two"]);
});

describe.each([
  ["one line", "lang=en"],
  ["a list", Object.freeze(["lang=en", "ab=1"])],
])("keeps %s of cookies set on the response beneath", (_form, lines) => {
  it.each([
    ["a cookie alone is added", "/form"],
    ["something is stored", "/stored"],
    ["the reply has one of its own, as Fastify does", "/own"],
  ])("where %s", async (_what, path) => {
    const auth = setUp();
    const app = fastify();
    await app.register(auth.session);
    // As middleware does that was made for Connect.
    app.addHook("onRequest", async (_request, reply) => {
      reply.raw.setHeader("set-cookie", lines);
    });
    app.get("/form", async (request) => auth.sessionOf(request).csrfToken());
    app.get("/stored", async (request) => {
      auth.sessionOf(request).data["seen"] = 1;
    });
    app.get("/own", async (request, reply) => {
      reply.header("set-cookie", "own=1");
      return auth.sessionOf(request).csrfToken();
    });
    const { fetch } = await serve(app);
    const kept = path === "/own" ? ["own=1"] : [lines].flat();
    expect((await fetch(path)).setCookies).toEqual([...kept, expect.stringMatching(/^sid/)]);
  });
});

describe("while streaming", () => {
  async function streaming(options: Parameters<typeof setUp>[0] = {}) {
    const auth = setUp(options);
    const app = fastify();
    await app.register(auth.session);
    app.get("/data", async (request) => auth.sessionOf(request).data);
    app.get("/start", (request, reply) => {
      auth.sessionOf(request).data["a"] = 1;
      return reply.send("ok");
    });
    app.get("/stream", (request, reply) => {
      async function* chunks() {
        yield "one";
        await sleep(10);
        auth.sessionOf(request).data["late"] = true;
        yield "two";
      }
      return reply.send(Readable.from(chunks()));
    });
    return serve(app);
  }

  lateChangeTests(() => streaming(), "/stream");

  it("onError hears why a reply was cut off", async () => {
    const heard: unknown[] = [];
    const store = storeWith({ replace: away });
    const { fetch } = await streaming({ store, onError: (error) => heard.push(error) });
    await fetch("/start");
    await expect(fetch("/stream")).rejects.toThrow();
    expect(heard).toEqual([expect.objectContaining({ code: "ERR_STORE_UNAVAILABLE" })]);
  });
});
