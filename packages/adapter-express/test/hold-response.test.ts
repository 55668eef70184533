// Whatever way a handler answers: the session is stored first, and its cookie is sent once.

import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import express5, { type Response } from "express";
import express4 from "express4";
import { describe, expect, it } from "vitest";
import { FOREIGN, storedFirstTests } from "../../adapter-node/test/shared/stored-first-suite.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

const answers: Record<string, (res: Response) => unknown> = {
  "res.send": (res) => res.send("body"),
  "res.json": (res) => res.json({ some: "body" }),
  "res.end": (res) => res.end("body"),
  "res.end without a body": (res) => res.end(),
  "res.redirect": (res) => res.redirect("/elsewhere"),
  "res.sendStatus 204": (res) => res.sendStatus(204),
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
  "writeHead with an object": (res) => res.writeHead(201, { "Set-Cookie": FOREIGN }).end("body"),
  "writeHead with a reason": (res) => res.writeHead(201, "Made", { "set-cookie": [FOREIGN] }).end(),
  "writeHead with a flat list": (res) =>
    res.writeHead(201, ["Set-Cookie", FOREIGN, "X-A", "1"]).end("body"),
  "writeHead with pairs": (res) =>
    Reflect.apply(res.writeHead, res, [201, [["Set-Cookie", FOREIGN]]]).end("body"),
  "setHeader before": (res) => res.setHeader("Set-Cookie", FOREIGN) && res.end("body"),
};

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("%s", (_name, express) => {
  describe.each(Object.entries(answers))("row 23: %s", (_answer, answer) => {
    const cookies = answer.toString().includes("FOREIGN") ? [FOREIGN] : [];
    storedFirstTests(
      (store) => {
        const auth = setUp({ store });
        const app = express();
        app.use(auth.session);
        app.get("/data", (req, res) => void res.json(auth.sessionOf(req).data));
        app.all("/", (req, res) => {
          auth.sessionOf(req).data["seen"] = true;
          void answer(res);
        });
        return serve(app);
      },
      { cookies },
    );
  });

  it("row 23: 304 carries the cookie of a changed session, and one only", async () => {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    app.get("/", (req, res) => {
      auth.sessionOf(req).data["seen"] = 1;
      res.setHeader("etag", '"v1"');
      res.send("body");
    });
    const { fetch } = await serve(app);
    const reply = await fetch("/", { headers: { "if-none-match": '"v1"' } });
    expect(reply.status).toBe(304);
    expect(reply.setCookies).toHaveLength(1);
  });

  it("sends a large stream whole, with the head held back", async () => {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    const chunk = "x".repeat(64 * 1024);
    app.get("/", (req, res) => {
      auth.sessionOf(req).data["seen"] = 1;
      Readable.from(Array.from({ length: 64 }, () => chunk)).pipe(res);
    });
    const { fetch } = await serve(app);
    expect((await fetch("/")).body).toHaveLength(64 * chunk.length);
  });
});
