// An answer that waits for its session is the answer: who comes later finds its head sent. One that
// was dropped is gone: of what the handler still sends nothing gets out, and nobody waits for it.

import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@latchkey/session-core";
import type { TestClient } from "@latchkey/tools/test-client";
import { expect, it } from "vitest";
import { html, json, slowStore } from "./site-parts.ts";

/** What the applications of these tests do with a request. */
export interface HeldSite {
  store: Store;
  /** Before the session is opened. */
  before?: (res: ServerResponse) => void;
  /** After the data of the session was changed. */
  answer: (res: ServerResponse) => unknown;
  /** The page of an error, which takes its time. */
  errorPage?: () => Promise<string>;
}

type Serve = (site: HeldSite) => Promise<TestClient>;

const SENT = expect.stringMatching(/^ERR_HTTP2?_HEADERS_SENT$/);

const beginnings: Record<string, (res: ServerResponse) => unknown> = {
  write: (res) => res.write("o"),
  writeHead: (res) => res.writeHead(200, { "x-own": "1" }),
  flushHeaders: (res) => res.flushHeaders(),
  end: (res) => res.end("ok"),
};

export function heldAnswerSuite(serve: Serve): void {
  it.each(Object.entries(beginnings))("%s: its head is as good as sent", async (how, begin) => {
    const codes: unknown[] = [];
    const refused = (call: () => unknown): void => {
      try {
        codes.push(call());
      } catch (error) {
        codes.push(error instanceof Error && "code" in error ? error.code : error);
      }
    };
    const answer = (res: ServerResponse): void => {
      res.statusCode = 202;
      res.setHeader("x-own", "1");
      begin(res);
      codes.push(res.headersSent);
      res.statusCode = 503;
      refused(() => res.setHeader("x-late", "1"));
      refused(() => res.appendHeader("x-late", "1"));
      refused(() => res.removeHeader("x-own"));
      refused(() => res.writeHead(500, { "content-length": 99 }));
      if (how !== "end") res.end("ok");
    };
    const { fetch } = await serve({ store: slowStore(), answer });
    const reply = await fetch("/");
    expect(codes).toEqual([true, SENT, SENT, SENT, SENT]);
    expect(reply.status).toBe(how === "writeHead" ? 200 : 202);
    expect(reply.headers["x-own"]).toBe("1");
    expect(reply.headers).not.toHaveProperty("x-late");
    expect(reply.body).toBe(how === "write" ? "ook" : "ok");
    expect(reply.setCookies).toHaveLength(1);
  });

  it("a setHeader of another's own hears of all changes but the refused ones", async () => {
    const names: string[] = [];
    const before = (res: ServerResponse): void => {
      const { setHeader } = res;
      res.setHeader = (name, value) => {
        names.push(name);
        return setHeader.call(res, name, value);
      };
    };
    const answer = async (res: ServerResponse): Promise<void> => {
      res.setHeader("x-first", "1");
      res.flushHeaders();
      expect(() => res.setHeader("x-late", "1")).toThrow("after they are sent");
      await once(res, "drain"); // It is stored, and the head sent.
      expect(() => res.setHeader("x-too-late", "1")).toThrow();
      res.end("ok");
    };
    const { fetch } = await serve({ store: slowStore(), before, answer });
    const reply = await fetch("/");
    expect(reply).toMatchObject({ body: "ok", headers: { "x-first": "1" } });
    expect(names).toContain("x-first");
    expect(names).not.toContain("x-late");
    expect(names).toContain("x-too-late");
  });

  it("a timeout that asks first leaves it alone", async () => {
    const answer = async (res: ServerResponse): Promise<void> => {
      res.setHeader("content-length", 2);
      res.end("ok");
      await sleep(5);
      if (res.headersSent) return;
      res.statusCode = 503;
      res.setHeader("content-length", 9);
      res.end("timed out");
    };
    const { fetch } = await serve({ store: slowStore(), answer });
    expect(await fetch("/")).toMatchObject({ status: 200, body: "ok" });
    expect(await fetch("/")).toMatchObject({ status: 200, body: "ok" });
  });

  it("what comes after its end goes nowhere, and the callback hears of it", async () => {
    const told: unknown[] = [];
    const tell = (error?: unknown): void => void told.push(error);
    const answer = (res: ServerResponse): void => {
      res.end("ok");
      res.end("another", tell);
      res.write("more", tell);
    };
    const { fetch } = await serve({ store: slowStore(), answer });
    expect((await fetch("/")).body).toBe("ok");
    expect(told).toEqual([expect.any(Error), expect.any(Error)]);
  });
}

export function lateOfDroppedSuite(serve: Serve): void {
  it.each([0, 50, 150])(
    "a handler that goes on for %i ms can't say that it was stored",
    async (ms) => {
      let done = false;
      const answer = async (res: ServerResponse): Promise<void> => {
        res.statusCode = 201;
        res.write("working");
        await sleep(ms);
        if (!res.headersSent) res.setHeader("x-late", "1");
        res.write("all ");
        res.end("stored!");
        done = true;
      };
      const errorPage = async (): Promise<string> => {
        await sleep(80);
        return "<h1>the error page</h1>";
      };
      const { fetch } = await serve({ store: slowStore(true), answer, errorPage });
      const reply = await fetch("/", { headers: html });
      expect(reply).toMatchObject({ status: 503, body: "<h1>the error page</h1>", setCookies: [] });
      expect(reply.headers).not.toHaveProperty("x-late");
      await expect.poll(() => done, { timeout: 3_000 }).toBe(true);
    },
  );

  it("whoever waits for `drain`, or for a callback, goes on", async () => {
    let waiting = 0;
    const answer = async (res: ServerResponse): Promise<void> => {
      waiting += 2;
      res.write("first", () => {
        waiting -= 1;
      });
      for (let row = 0; row < 3; row++) if (!res.write("row")) await once(res, "drain");
      await new Promise<void>((ended) => void res.end("last", () => ended()));
      waiting -= 1;
    };
    const { fetch } = await serve({ store: slowStore(true), answer });
    expect((await fetch("/", { headers: json })).status).toBe(503);
    await expect.poll(() => waiting, { timeout: 3_000 }).toBe(0);
  });

  it("its cookies don't come with the error page, those from before the session do", async () => {
    const before = (res: ServerResponse): void => {
      res.appendHeader("set-cookie", "lang=en");
      res.appendHeader("set-cookie", "ab=1");
    };
    const answer = (res: ServerResponse): void => {
      res.appendHeader("set-cookie", "order=paid");
      res.end("paid");
    };
    const { fetch } = await serve({ store: slowStore(true), before, answer });
    const reply = await fetch("/", { headers: json });
    expect(reply.status).toBe(503);
    expect(reply.setCookies).toEqual(["lang=en", "ab=1"]);
  });
}
