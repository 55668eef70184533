// Whatever way a handler answers, on HTTP/1 and HTTP/2: the session is stored first, and its cookie
// is sent once.

import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";
import { FOREIGN, storedFirstTests } from "./shared/stored-first-suite.ts";

const answers: Record<string, (res: ServerResponse) => unknown> = {
  end: (res) => res.end("body"),
  "end without a body": (res) => res.end(),
  "no content": (res) => {
    res.statusCode = 204;
    res.end();
  },
  "not modified": (res) => res.writeHead(304, { etag: '"v1"' }).end(),
  "write and end": (res) => {
    res.write("bo");
    res.write("d");
    res.end("y");
  },
  "a stream": (res) => Readable.from(["bo", "dy"]).pipe(res),
  flushHeaders: async (res) => {
    res.flushHeaders();
    await sleep(5);
    res.end("body");
  },
  "writeHead with an object": (res) => writeHead(res, 201, { "set-cookie": FOREIGN }).end("body"),
  "writeHead with pairs": (res) => writeHead(res, 201, [["set-cookie", FOREIGN]]).end("body"),
  "writeHead with a flat list": (res) =>
    writeHead(res, 201, ["set-cookie", FOREIGN, "x-a", "1"]).end("body"),
  "setHeader before": (res) => {
    res.setHeader("set-cookie", FOREIGN);
    res.end("body");
  },
};

function writeHead(res: ServerResponse, ...args: unknown[]): ServerResponse {
  return Reflect.apply(res.writeHead, res, args);
}

let warnings: string[] = [];
const warned = (warning: Error): void => void warnings.push(warning.message);
beforeEach(() => {
  warnings = [];
  process.on("warning", warned);
});
afterEach(() => {
  process.off("warning", warned);
  expect(warnings).toEqual([]);
});

describe.each([1, 2] as const)("HTTP/%i", (version) => {
  describe.each(Object.entries(answers))("%s", (_answer, answer) => {
    const cookies = answer.toString().includes("FOREIGN") ? [FOREIGN] : [];
    storedFirstTests(
      (store) => {
        const auth = setUp({ store });
        const listener = auth.handle((req, res) => {
          const session = auth.sessionOf(req);
          if (req.url === "/data") return res.end(JSON.stringify(session.data));
          session.data["seen"] = true;
          return answer(res);
        });
        return serve(listener, version);
      },
      { cookies },
    );
  });

  it("a large stream is sent whole, with the head held back", async () => {
    const auth = setUp();
    const chunk = "x".repeat(64 * 1024);
    const listener = auth.handle((req, res) => {
      auth.sessionOf(req).data["seen"] = 1;
      Readable.from(Array.from({ length: 64 }, () => chunk)).pipe(res);
    });
    const { fetch } = await serve(listener, version);
    expect((await fetch("/")).body).toHaveLength(64 * chunk.length);
  });

  it("a change while streaming is stored before the last byte, or the answer is cut off", async () => {
    const auth = setUp();
    const listener = auth.handle(async (req, res) => {
      const session = auth.sessionOf(req);
      if (req.url === "/data") return res.end(JSON.stringify(session.data));
      if (req.url === "/start") session.data["a"] = 1;
      else {
        res.write("one");
        await sleep(10);
        session.data["late"] = true;
      }
      res.end("two");
    });
    const { fetch } = await serve(listener, version);
    const cut = await fetch("/stream").catch(() => null);
    if (version === 1) expect(cut).toBe(null);
    expect((await fetch("/data")).body).toBe("{}");
    await fetch("/start");
    expect((await fetch("/stream")).body).toBe("onetwo");
    expect((await fetch("/data")).body).toBe('{"a":1,"late":true}');
  });
});
