// Whatever way a handler answers: the session is stored first, and its cookie is sent once.

import { EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import fastifyCookie from "@fastify/cookie";
import { memoryStore } from "@latchkey/store-memory";
import fastify, { type FastifyReply } from "fastify";
import { describe, expect, it } from "vitest";
import { serve } from "./serve.ts";
import { setUp, storeWith } from "./setup.ts";

const FOREIGN = "theme=dark; Path=/";

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
  it.each(["GET", "HEAD"])("%s gets exactly one cookie, after the store has it", async (method) => {
    const inner = memoryStore();
    let stored = false;
    const store = storeWith(
      {
        async create(record) {
          await sleep(20);
          stored = true;
          return inner.create(record);
        },
      },
      inner,
    );
    const auth = setUp({ store });
    const app = fastify();
    await app.register(auth.session);
    app.get("/data", async (request) => auth.sessionOf(request).data);
    app.get("/", (request, reply) => {
      auth.sessionOf(request).data["seen"] = true;
      return answer(reply);
    });
    const { fetch } = await serve(app);
    const reply = await fetch("/", { method });
    expect(stored).toBe(true);
    expect(reply.setCookies.filter((line) => line.startsWith("sid="))).toHaveLength(1);
    if (answer.toString().includes("FOREIGN")) expect(reply.setCookies).toContain(FOREIGN);
    expect((await fetch("/data")).body).toBe('{"seen":true}');
  });
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

describe("while streaming", () => {
  async function streaming() {
    const auth = setUp();
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
    app.get("/hijacked", async (request, reply) => {
      reply.hijack();
      auth.sessionOf(request).data["hijacked"] = true;
      await auth.sessionOf(request).save();
      reply.raw.end("raw");
    });
    return serve(app);
  }

  it("a change to a live session is stored before the last byte", async () => {
    const { fetch } = await streaming();
    await fetch("/start");
    expect((await fetch("/stream")).body).toBe("onetwo");
    expect((await fetch("/data")).body).toBe('{"a":1,"late":true}');
  });

  it("a change that would need a cookie cuts the answer off instead of losing the write", async () => {
    const { fetch } = await streaming();
    await expect(fetch("/stream")).rejects.toThrow();
    expect((await fetch("/data")).body).toBe("{}");
  });

  it("a hijacked reply can save a live session", async () => {
    const { fetch } = await streaming();
    await fetch("/start");
    expect((await fetch("/hijacked")).body).toBe("raw");
    expect((await fetch("/data")).body).toBe('{"a":1,"hijacked":true}');
  });
});

describe("a hijacked reply that saves nothing", () => {
  async function hijacked() {
    const errors: unknown[] = [];
    const auth = setUp({ onError: (error) => errors.push(error) });
    const app = fastify();
    await app.register(auth.session);
    app.get("/data", async (request) => auth.sessionOf(request).data);
    app.get("/start", async (request) => (auth.sessionOf(request).data["a"] = 1));
    app.get("/", (request, reply) => {
      reply.hijack();
      auth.sessionOf(request).data["b"] = 2;
      reply.raw.end("raw");
    });
    return { ...(await serve(app)), errors };
  }

  it("is stored all the same", async () => {
    const { fetch, errors } = await hijacked();
    await fetch("/start");
    expect((await fetch("/")).body).toBe("raw");
    await expect.poll(async () => (await fetch("/data")).body).toBe('{"a":1,"b":2}');
    expect(errors).toEqual([]);
  });

  it("is reported when it needed a cookie", async () => {
    const { fetch, errors } = await hijacked();
    expect(await fetch("/")).toMatchObject({ body: "raw", setCookies: [] });
    await expect.poll(() => errors).toMatchObject([{ code: "ERR_SESSION_LATE" }]);
  });
});

describe("a hijacked reply whose client goes away", () => {
  type Late = (raw: FastifyReply["raw"], gone: Promise<unknown>, change: () => void) => unknown;

  const ways: Record<string, Late> = {
    "ends it later": async (raw, gone, change) => {
      await gone;
      change();
      raw.end("raw");
    },
    "writes on, and ends it": async (raw, gone, change) => {
      raw.write("one");
      await gone;
      raw.write("two"); // An error of the response, which Fastify takes for its end.
      await sleep(10);
      change();
      raw.end("raw");
    },
    "never ends it": async (raw, gone, change) => {
      raw.write("one");
      change();
      await gone;
    },
  };

  async function aborted(late: Late, start: boolean) {
    const errors: unknown[] = [];
    const auth = setUp({ onError: (error) => errors.push(error) });
    const app = fastify();
    await app.register(auth.session);
    app.get("/data", async (request) => auth.sessionOf(request).data);
    app.get("/start", async (request) => (auth.sessionOf(request).data["a"] = 1));
    const began = new EventEmitter();
    app.get("/", async (request, reply) => {
      reply.hijack();
      const gone = once(reply.raw, "close");
      began.emit("began");
      await late(reply.raw, gone, () => (auth.sessionOf(request).data["late"] = true));
    });
    const { fetch, port, cookies } = await serve(app);
    if (start) await fetch("/start");
    const beginning = once(began, "began");
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`GET / HTTP/1.1\r\nhost: x\r\ncookie: sid=${cookies.get("sid") ?? ""}\r\n\r\n`);
    await beginning;
    socket.destroy();
    return { fetch, errors };
  }

  it.each(Object.entries(ways))("and that %s: the change is stored", async (_name, late) => {
    const { fetch, errors } = await aborted(late, true);
    await expect.poll(async () => (await fetch("/data")).body).toBe('{"a":1,"late":true}');
    expect(errors).toEqual([]);
  });

  it.each(Object.entries(ways))(
    "and that %s: reported once when it needed a cookie",
    async (_name, late) => {
      const { errors } = await aborted(late, false);
      await expect.poll(() => errors).toMatchObject([{ code: "ERR_SESSION_LATE" }]);
      await sleep(30);
      expect(errors).toHaveLength(1);
    },
  );
});
