// The end that waits for a late change: nothing overtakes it, and what goes wrong is heard of.

import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createClientReader } from "@latchkey/auth-core";
import { createSessions } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { expect, it } from "vitest";
import { HttpExchange } from "../src/http-exchange.ts";
import { saveBeforeEnd } from "../src/index.ts";
import { type Listener, serve } from "./serve.ts";
import { away, settings, storeWith } from "./shared/site-parts.ts";
import { expectNoRejections } from "./shared/wrong-answers.ts";

expectNoRejections();

/** At `/` a session begins; elsewhere it is changed after the head, and this is the answer. */
function site(answer: (res: ServerResponse) => unknown, heard: unknown[] = [], down = false) {
  const inner = memoryStore();
  const replace: typeof inner.replace = async (...args) => {
    await sleep(10);
    return down ? away() : inner.replace(...args);
  };
  const sessions = createSessions({ ...settings(), store: storeWith({ replace }, inner) });
  const listener: Listener = async (req, res) => {
    const exchange = new HttpExchange(req, createClientReader());
    const session = await sessions.open(exchange);
    if (req.url === "/") {
      session.data["a"] = 1;
      await session.commit();
      exchange.flushHeaders(res);
      return res.end();
    }
    if (req.url === "/data") return res.end(JSON.stringify(session.data));
    session.sealHead();
    saveBeforeEnd(res, session, (error) => heard.push(error));
    res.flushHeaders();
    session.data["late"] = true;
    return answer(res);
  };
  return listener;
}

it.each([1, 2] as const)("HTTP/%i: what comes after it goes nowhere", async (version) => {
  const told: unknown[] = [];
  const tell = (error: unknown): void => void told.push(error);
  const listener = site((res) => {
    res.end("the answer");
    res.write("?", tell);
    res.end(tell);
    res.end("another");
  });
  const { fetch } = await serve(listener, version);
  await fetch("/");
  expect((await fetch("/late")).body).toBe("the answer");
  expect((await fetch("/data")).body).toBe('{"a":1,"late":true}');
  expect(told).toEqual([expect.any(Error), expect.any(Error)]);
});

it("whoever waits for `drain` after it goes on", async () => {
  let drained = false;
  const listener = site((res) => {
    res.once("drain", () => {
      drained = true;
    });
    res.end("the answer");
    expect(res.write("?")).toBe(false);
  });
  const { fetch } = await serve(listener);
  await fetch("/");
  await fetch("/late");
  await expect.poll(() => drained).toBe(true);
});

it("a change that can't be stored: cut off, and heard of", async () => {
  const heard: unknown[] = [];
  const { fetch } = await serve(site((res) => res.end("the answer"), heard, true));
  await fetch("/");
  await expect(fetch("/late")).rejects.toThrow();
  expect(heard).toMatchObject([{ code: "ERR_STORE_UNAVAILABLE" }]);
});

it("a chunk that Node refuses: cut off, and heard of", async () => {
  const heard: unknown[] = [];
  const { fetch } = await serve(site((res) => Reflect.apply(res.end, res, [5]), heard));
  await fetch("/");
  await expect(fetch("/late")).rejects.toThrow();
  expect(heard).toMatchObject([{ code: "ERR_INVALID_ARG_TYPE" }]);
});
