// What is held of an answer, and what was dropped of one, over HTTP/1 and HTTP/2.

import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { memoryStore } from "@latchkey/store-memory";
import type { TestClient } from "@latchkey/tools/test-client";
import { describe, expect, it } from "vitest";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";
import { type HeldSite, heldAnswerSuite, lateOfDroppedSuite } from "./shared/held-answer-suite.ts";
import { away, storeWith } from "./shared/site-parts.ts";

function site({ store, before, answer, errorPage }: HeldSite, version: 1 | 2): Promise<TestClient> {
  const auth = setUp({ store, ...(errorPage && { pages: { error: errorPage } }) });
  const listener = auth.handle((req, res) => {
    auth.sessionOf(req).data["n"] = 1;
    return answer(res);
  });
  return serve((req, res) => {
    before?.(res);
    return listener(req, res);
  }, version);
}

describe.each([1, 2] as const)("HTTP/%i", (version) => {
  heldAnswerSuite((options) => site(options, version));
  lateOfDroppedSuite((options) => site(options, version));
});

it("a handler that ends behind an error page which waits for its turn doesn't end the process", async () => {
  const auth = setUp({ store: storeWith({ create: away }) });
  let ended = false;
  const listener = auth.handle(async (req, res) => {
    if (req.url === "/slow") {
      await sleep(150);
      return res.end("the slow one");
    }
    auth.sessionOf(req).data["n"] = 1;
    res.write("a");
    await sleep(50);
    res.end("b");
    ended = true;
  });
  const { port } = await serve(listener);
  const text = await pipelined(port, ["/slow", "/late"]);
  expect(ended).toBe(true);
  expect(text).toMatch(/^HTTP\/1.1 200 OK[\s\S]*the slow oneHTTP\/1.1 503 /);
});

/** All that is answered to requests on one connection, the last of which closes it. */
async function pipelined(port: number, paths: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const requests = paths.map((path, index) => {
    const last = index === paths.length - 1 ? "connection: close\r\n" : "";
    return `GET ${path} HTTP/1.1\r\nhost: x\r\naccept: application/json\r\n${last}\r\n`;
  });
  socket.write(requests.join(""));
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

it("an answer that is cut off is heard of", async () => {
  const inner = memoryStore();
  const heard: unknown[] = [];
  const store = storeWith({ replace: away }, inner);
  const auth = setUp({ store, onError: (error) => heard.push(error) });
  const listener = auth.handle((req, res) => {
    if (req.url === "/late") res.write("first");
    auth.sessionOf(req).data[req.url ?? ""] = 1;
    res.end("last");
  });
  const { fetch } = await serve(listener);
  await fetch("/start");
  await expect(fetch("/late")).rejects.toThrow();
  expect(heard).toMatchObject([{ code: "ERR_STORE_UNAVAILABLE" }]);
});

it.each(["/plain", "/held"])(
  "%s: what a handler throws after its answer is only heard of",
  async (path) => {
    const heard: unknown[] = [];
    const auth = setUp({ onError: (error) => heard.push(error) });
    const length = 16 * 1024 * 1024;
    const listener = auth.handle(async (req, res) => {
      if (req.url === "/held") auth.sessionOf(req).data["n"] = 1;
      res.end(Buffer.alloc(length, "x"));
      if (req.url === "/plain") await sleep(1);
      throw new Error("of the work after the answer");
    });
    const { fetch } = await serve(listener);
    expect((await fetch(path)).body).toHaveLength(length);
    expect(heard).toHaveLength(1);
  },
);
