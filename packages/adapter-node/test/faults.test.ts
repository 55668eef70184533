// A store that fails is an error for whoever uses the session, and for nobody else; nothing of an
// answer that could not be stored gets out, and nothing that a handler throws ends the process.

import { connect as connectHttp2 } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { describe, expect, it } from "vitest";
import { type Listener, serve } from "./serve.ts";
import { setUp } from "./setup.ts";
import {
  bodyHeadersTest,
  droppedAnswerSuite,
  droppedCookiesSuite,
  faultsSuite,
  goneClientTest,
} from "./shared/faults-suite.ts";
import { away, json, login, storeWith } from "./shared/site-parts.ts";

function site(store: Store): Listener {
  const auth = setUp({ store });
  const [serveLogin, members] = [auth.login(login, { delay: "1ms" }), auth.require(true)];
  return auth.handle(async (req, res) => {
    const session = () => auth.sessionOf(req);
    switch (req.url) {
      case "/login":
        return serveLogin(req, res);
      case "/members":
        if (await members(req, res)) res.end("members");
        return;
      case "/mine":
        return res.end(session().user?.id ?? "nobody");
      case "/data":
        return res.end(JSON.stringify(session().data));
      case "/save":
        res.setHeader("content-type", "text/csv");
        session().data["a"] = 1;
        await session().save();
        return res.end("stored");
      case "/bad":
        session().data["n"] = 1n;
        return res.end("ok");
      case "/start":
        session().data["a"] = 1;
        return res.end("ok");
      case "/slow":
        await sleep(30);
        session().data["kept"] = true;
        return res.end("done");
      default:
        return res.end("public");
    }
  });
}

function dropped(store: Store): Listener {
  const auth = setUp({ store });
  const held = auth.handle(async (req, res) => {
    const session = auth.sessionOf(req);
    if (req.url === "/?twice") {
      session.data["first"] = 1;
      await session.save();
    }
    session.data["second"] = 1;
    res.statusCode = 201;
    res.setHeader("etag", '"v1"');
    res.setHeader("x-secret", "s");
    res.setHeader("content-type", "text/html");
    res.setHeader("set-cookie", "secret=1");
    res.end("all stored!");
  });
  return (req, res) => {
    res.setHeader("x-frame-options", "DENY");
    return held(req, res);
  };
}

function withCookies(store: Store): Listener {
  const auth = setUp({ store });
  const held = auth.handle(async (req, res) => {
    res.appendHeader("set-cookie", "order=paid");
    const session = auth.sessionOf(req);
    const name = session.user?.id ?? "nobody";
    if (req.url !== "/mine") session.data["a"] = 1;
    if (req.url === "/save") await session.save();
    res.end(name);
  });
  return (req, res) => {
    res.setHeader("set-cookie", ["lang=en", "ab=1"]);
    return held(req, res);
  };
}

goneClientTest((store) => serve(site(store)));

describe.each([1, 2] as const)("HTTP/%i", (version) => {
  faultsSuite((store) => serve(site(store), version));
  droppedAnswerSuite((store) => serve(dropped(store), version));
  droppedCookiesSuite((store) => serve(withCookies(store), version));

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
});

bodyHeadersTest((headers, error) => {
  const listener = setUp().handle((_req, res) => {
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    throw error;
  });
  return serve(listener);
});

it("a stream of HTTP/2 that is given up changes nothing, either", async () => {
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
