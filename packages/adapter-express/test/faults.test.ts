// A store that fails is an error for whoever uses the session, and for nobody else; a write that
// was lost is never answered with success.

import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import express, { type ErrorRequestHandler } from "express";
import { describe, expect, it } from "vitest";
import { serve } from "./serve.ts";
import { alpha, login, setUp, storeWith } from "./setup.ts";

const away = (): Promise<never> =>
  Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
const json = { accept: "application/json" };

describe("the store fails while a session is opened", () => {
  async function outage() {
    const inner = memoryStore();
    let down = false;
    const store = storeWith({ get: (id) => (down ? away() : inner.get(id)) }, inner);
    const auth = setUp({ store });
    const app = express();
    app.use(auth.session);
    app.get("/public", (_req, res) => void res.send("public"));
    app.use("/login", auth.login(login, { delay: "1ms" }));
    app.get("/mine", (req, res) => void res.send(auth.sessionOf(req).user?.id ?? "nobody"));
    app.get("/members", auth.require(true), (_req, res) => void res.send("members"));
    app.use(auth.errors);
    const served = await serve(app);
    expect((await served.fetch("/login", alpha)).status).toBe(200);
    down = true;
    return { ...served, recover: () => (down = false) };
  }

  it("answers 503 where the session is used, 200 where it isn't, and recovers", async () => {
    const { fetch, recover } = await outage();
    expect(await fetch("/public")).toMatchObject({ status: 200, body: "public" });
    expect(await fetch("/mine", { headers: json })).toMatchObject({ status: 503 });
    const guarded = await fetch("/members", { headers: json });
    expect(guarded).toMatchObject({ status: 503, setCookies: [] });
    expect(guarded.headers["retry-after"]).toBe("1");
    expect(JSON.parse(guarded.body)).toMatchObject({ code: "unavailable" });
    expect((await fetch("/members", { headers: { accept: "text/html" } })).body).toContain(
      "Try again",
    );
    recover();
    expect(await fetch("/members")).toMatchObject({ status: 200 });
  });

  it("never takes a visitor for anonymous", async () => {
    const { fetch } = await outage();
    expect((await fetch("/mine")).body).not.toContain("nobody");
  });
});

describe("the store fails while a session is committed", () => {
  it.each(["create", "replace"] as const)("%s: the handler's answer is dropped", async (method) => {
    const auth = setUp({ store: storeWith({ [method]: away }) });
    const app = express();
    app.use((_req, res, next) => {
      res.setHeader("x-frame-options", "DENY");
      next();
    });
    app.use(auth.session);
    app.get("/", async (req, res) => {
      const session = auth.sessionOf(req);
      if (method === "replace") {
        session.data["first"] = 1;
        await session.save();
      }
      session.data["second"] = 1;
      res.setHeader("etag", '"v1"').setHeader("x-secret", "s").type("html").send("all stored!");
    });
    app.use(auth.errors);
    const { fetch } = await serve(app);
    const reply = await fetch("/", { headers: json });
    expect(reply).toMatchObject({ status: 503, setCookies: [] });
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(reply.headers).not.toHaveProperty("etag");
    expect(reply.headers).not.toHaveProperty("x-secret");
    expect(reply.headers["x-frame-options"]).toBe("DENY");
    expect(reply.body).not.toContain("stored!");
  });

  it("a handler's own failed save is answered at once, and not tried again", async () => {
    let tries = 0;
    const create = () => {
      tries += 1;
      return away();
    };
    const auth = setUp({ store: storeWith({ create }) });
    const app = express();
    app.use(auth.session);
    app.get("/", async (req, res) => {
      res.type("csv"); // An answer has one type: it gives way to the problem's.
      auth.sessionOf(req).data["a"] = 1;
      await auth.sessionOf(req).save();
      res.send("stored");
    });
    app.use(auth.errors);
    const { fetch } = await serve(app);
    const reply = await fetch("/", { headers: json });
    expect(reply).toMatchObject({ status: 503, setCookies: [] });
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(tries).toBe(1);
  });

  it("hands the error to the application's own error handler, with its status", async () => {
    const auth = setUp({ store: storeWith({ create: away }) });
    const app = express();
    app.use(auth.session);
    app.get("/", (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      res.send("ok");
    });
    const own: ErrorRequestHandler = (error, _req, res, _next) => {
      res.status(error.status).send(`own: ${error.code}`);
    };
    app.use(own);
    const { fetch } = await serve(app);
    expect(await fetch("/")).toMatchObject({ status: 503, body: "own: ERR_STORE_UNAVAILABLE" });
  });

  it("an error of the application's own replaces what is still held of the answer", async () => {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    app.get("/", (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      res.setHeader("x-secret", "s").write("partly");
      throw new Error("mine");
    });
    const own: ErrorRequestHandler = (_error, _req, res, _next) => {
      res.status(500).send("own page");
    };
    app.use(auth.errors, own);
    const { fetch } = await serve(app);
    const reply = await fetch("/");
    expect(reply).toMatchObject({ status: 500, body: "own page" });
    expect(reply.headers).not.toHaveProperty("x-secret");
    expect((await fetch("/")).body).toBe("own page");
  });

  it("gets its answer out although other middleware has wrapped the response", async () => {
    const auth = setUp({ store: storeWith({ create: away }) });
    const app = express();
    app.use(auth.session);
    app.use((_req, res, next) => {
      // Like a compressor: once it believes it has ended, it passes nothing on.
      const { end } = res;
      let ended = false;
      res.end = (...args: unknown[]) => {
        if (ended) return res;
        ended = true;
        return Reflect.apply(end, res, args);
      };
      next();
    });
    app.get("/", (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      res.send("ok");
    });
    app.use(auth.errors);
    const { fetch } = await serve(app);
    expect((await fetch("/", { headers: json })).status).toBe(503);
  });

  it("a value that is not JSON is an error page, and the next request works", async () => {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    app.get("/bad", (req, res) => {
      auth.sessionOf(req).data["n"] = 1n;
      res.send("ok");
    });
    app.get("/good", (req, res) => void res.json(auth.sessionOf(req).data));
    app.use(auth.errors);
    const { fetch } = await serve(app);
    expect((await fetch("/bad", { headers: json })).status).toBe(500);
    expect((await fetch("/good")).body).toBe("{}");
  });
});

describe("after the first byte", () => {
  async function streaming() {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    app.get("/data", (req, res) => void res.json(auth.sessionOf(req).data));
    app.get("/start", (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      res.send("ok");
    });
    app.get("/stream", async (req, res) => {
      res.write("one");
      await sleep(10);
      auth.sessionOf(req).data["late"] = true;
      res.end("two");
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
});

it("a client that goes away changes nothing: the write is stored, the process lives", async () => {
  const auth = setUp();
  const app = express();
  app.use(auth.session);
  app.get("/data", (req, res) => void res.json(auth.sessionOf(req).data));
  app.get("/slow", async (req, res) => {
    await sleep(30);
    auth.sessionOf(req).data["kept"] = true;
    res.send("done");
  });
  app.get("/start", (req, res) => {
    auth.sessionOf(req).data["a"] = 1;
    res.send("ok");
  });
  const { fetch, port, cookies } = await serve(app);
  await fetch("/start");
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET /slow HTTP/1.1\r\nhost: x\r\ncookie: sid=${cookies.get("sid")}\r\n\r\n`);
  await sleep(10);
  socket.destroy();
  await sleep(60);
  expect((await fetch("/data")).body).toBe('{"a":1,"kept":true}');
});

it("an error page has no headers of the body that the handler had in mind", async () => {
  const auth = setUp();
  const headers = {
    "content-disposition": "attachment",
    "content-encoding": "gzip",
    "content-range": "bytes 0-1/2",
    etag: '"v1"',
    "last-modified": "Thu, 01 Jan 1970 00:00:00 GMT",
    "transfer-encoding": "chunked",
  };
  const app = express();
  app.use(auth.session);
  app.get("/", (_req, res) => {
    res.set(headers);
    throw new StoreError("ERR_STORE_UNAVAILABLE", "the store is away");
  });
  app.use(auth.errors);
  const { fetch } = await serve(app);
  const reply = await fetch("/", { headers: json });
  expect(reply.status).toBe(503);
  for (const name of Object.keys(headers)) expect(reply.headers).not.toHaveProperty(name);
});
