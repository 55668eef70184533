// A store that fails is an error for whoever uses the session, and for nobody else; nothing of an
// answer that could not be stored gets out, and nothing that a handler throws ends the process.

import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, it } from "vitest";
import { serve } from "./serve.ts";
import { alpha, login, setUp, storeWith } from "./setup.ts";

const away = (): Promise<never> =>
  Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
const json = { accept: "application/json" };

describe.each([1, 2] as const)("HTTP/%i", (version) => {
  it("the store fails while a session is opened: 503 where it is used, 200 where it isn't", async () => {
    const inner = memoryStore();
    let down = false;
    const store = storeWith({ get: (id) => (down ? away() : inner.get(id)) }, inner);
    const auth = setUp({ store });
    const [serveLogin, members] = [auth.login(login, { delay: "1ms" }), auth.require(true)];
    const listener = auth.handle(async (req, res) => {
      if (req.url === "/public") res.end("public");
      else if (req.url === "/login") await serveLogin(req, res);
      else if (req.url === "/mine") res.end(auth.sessionOf(req).user?.id ?? "nobody");
      else if (await members(req, res)) res.end("members");
    });
    const { fetch } = await serve(listener, version);
    expect((await fetch("/login", alpha)).status).toBe(200);
    down = true;
    expect(await fetch("/public")).toMatchObject({ status: 200, body: "public" });
    for (const path of ["/mine", "/members"]) {
      const reply = await fetch(path, { headers: json });
      expect(reply).toMatchObject({ status: 503, setCookies: [] });
      expect(reply.headers["retry-after"]).toBe("1");
      expect(JSON.parse(reply.body)).toMatchObject({ code: "unavailable" });
    }
    down = false;
    expect(await fetch("/members")).toMatchObject({ status: 200, body: "members" });
  });

  it("the store fails while a session is stored: the handler's answer is dropped", async () => {
    const auth = setUp({ store: storeWith({ create: away }) });
    const held = auth.handle((req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      res.setHeader("etag", '"v1"');
      res.setHeader("set-cookie", "secret=1");
      res.end("all stored!");
    });
    const { fetch } = await serve((req, res) => {
      res.setHeader("x-frame-options", "DENY");
      return held(req, res);
    }, version);
    const reply = await fetch("/", { headers: json });
    expect(reply).toMatchObject({ status: 503, setCookies: [] });
    expect(reply.headers).not.toHaveProperty("etag");
    expect(reply.headers["x-frame-options"]).toBe("DENY");
    expect(reply.body).not.toContain("stored!");
  });

  it("a handler that throws is a 500 that stores nothing and says nothing", async () => {
    const heard: unknown[] = [];
    const store = memoryStore();
    const auth = setUp({ store, onError: (error) => heard.push(error) });
    const error = new Error("sesame");
    const listener = auth.handle(async (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      res.setHeader("x-secret", "1");
      if (req.url === "/late") res.write("partly");
      throw error;
    });
    const { fetch } = await serve(listener, version);
    for (const path of ["/", "/late"]) {
      const reply = await fetch(path);
      expect(reply).toMatchObject({ status: 500, setCookies: [] });
      expect(reply.headers).not.toHaveProperty("x-secret");
      expect(reply.body).not.toMatch(/sesame|partly/);
    }
    expect(heard).toEqual([error, error]);
  });

  it("one that throws after the head was sent is cut off, and the server lives", async () => {
    const auth = setUp();
    const listener = auth.handle(async (req, res) => {
      if (req.url === "/ok") return res.end("ok");
      res.write("one");
      await sleep(10);
      throw new Error("mine");
    });
    const { fetch } = await serve(listener, version);
    const cut = await fetch("/").catch(() => null);
    if (version === 1) expect(cut).toBe(null);
    expect((await fetch("/ok")).body).toBe("ok");
  });

  it("a value that is not JSON is an error page, and the next request works", async () => {
    const auth = setUp();
    const listener = auth.handle((req, res) => {
      if (req.url === "/bad") auth.sessionOf(req).data["n"] = 1n;
      res.end("ok");
    });
    const { fetch } = await serve(listener, version);
    expect((await fetch("/bad", { headers: json })).status).toBe(500);
    expect((await fetch("/good")).status).toBe(200);
  });
});

it("a handler's own failed save is answered at once, and not tried again", async () => {
  let tries = 0;
  const create = () => {
    tries += 1;
    return away();
  };
  const auth = setUp({ store: storeWith({ create }) });
  const listener = auth.handle(async (req, res) => {
    auth.sessionOf(req).data["a"] = 1;
    await auth.sessionOf(req).save();
    res.end("stored");
  });
  const { fetch } = await serve(listener);
  expect(await fetch("/", { headers: json })).toMatchObject({ status: 503, setCookies: [] });
  expect(tries).toBe(1);
});

it("a client that goes away changes nothing: the write is stored, the process lives", async () => {
  const auth = setUp();
  const listener = auth.handle(async (req, res) => {
    const session = auth.sessionOf(req);
    if (req.url === "/data") return res.end(JSON.stringify(session.data));
    if (req.url === "/slow") {
      await sleep(30);
      session.data["kept"] = true;
    } else session.data["a"] = 1;
    res.end("done");
  });
  const { fetch, port, cookies } = await serve(listener);
  await fetch("/start");
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET /slow HTTP/1.1\r\nhost: x\r\ncookie: sid=${cookies.get("sid")}\r\n\r\n`);
  await sleep(10);
  socket.destroy();
  await expect
    .poll(async () => (await fetch("/data")).body, { timeout: 5_000 })
    .toBe('{"a":1,"kept":true}');
});

it("so does a stream of HTTP/2 that is given up", async () => {
  const faults: unknown[] = [];
  const auth = setUp({ onError: (error) => faults.push(error) });
  const seen: string[] = [];
  const listener = auth.handle(async (req, res) => {
    const session = auth.sessionOf(req);
    if (req.url === "/data") return res.end(JSON.stringify(session.data));
    if (req.url === "/start") session.data["a"] = 1;
    else {
      seen.push("begun");
      await sleep(100);
      await session.login({ id: "alpha" }); // With a cookie for a head that nobody waits for.
    }
    res.setHeader("x-a", "1");
    res.end("done");
    seen.push("ended");
  });
  const { fetch, port, cookies } = await serve(listener, 2);
  await fetch("/start");
  const client = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = client.request({ ":path": "/slow", cookie: `sid=${cookies.get("sid")}` });
  stream.on("error", () => {});
  await expect.poll(() => seen.at(-1), { timeout: 3_000, interval: 2 }).toBe("begun");
  stream.close(8); // RFC 9113 §7: CANCEL
  await expect.poll(() => seen.at(-1), { timeout: 3_000 }).toBe("ended");
  client.destroy();
  await sleep(20);
  expect(faults).toEqual([]);
  expect(await auth.sessions.list("alpha")).toHaveLength(1);
  expect((await fetch("/data")).status).toBe(200);
});

it("session alone leaves errors to its caller, but for those of the commit", async () => {
  const auth = setUp({ store: storeWith({ create: away }) });
  const { fetch } = await serve(async (req, res) => {
    await auth.session(req, res);
    try {
      auth.sessionOf(req).data["a"] = 1;
      if (req.url === "/save") await auth.sessionOf(req).save();
      if (req.url === "/own") throw new Error("mine");
      res.end("ok");
    } catch (error) {
      if (!(await auth.errors(error, req, res))) res.writeHead(418).end("own page");
    }
  });
  expect((await fetch("/", { headers: json })).status).toBe(503);
  expect((await fetch("/save", { headers: json })).status).toBe(503);
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
  const listener = auth.handle((_req, res) => {
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    throw new StoreError("ERR_STORE_UNAVAILABLE", "the store is away");
  });
  const { fetch } = await serve(listener);
  const reply = await fetch("/", { headers: json });
  expect(reply.status).toBe(503);
  for (const name of Object.keys(headers)) expect(reply.headers).not.toHaveProperty(name);
});
