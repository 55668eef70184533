// A reply that is hijacked is out of Fastify's hands: what its handler changes is stored all the same.

import { EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fastify, { type FastifyReply } from "fastify";
import { describe, expect, it } from "vitest";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

it("a hijacked reply can save a live session", async () => {
  const auth = setUp();
  const app = fastify();
  await app.register(auth.session);
  app.get("/data", async (request) => auth.sessionOf(request).data);
  app.get("/start", async (request) => (auth.sessionOf(request).data["a"] = 1));
  app.get("/hijacked", async (request, reply) => {
    reply.hijack();
    auth.sessionOf(request).data["hijacked"] = true;
    await auth.sessionOf(request).save();
    reply.raw.end("raw");
  });
  const { fetch } = await serve(app);
  await fetch("/start");
  expect((await fetch("/hijacked")).body).toBe("raw");
  expect((await fetch("/data")).body).toBe('{"a":1,"hijacked":true}');
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
