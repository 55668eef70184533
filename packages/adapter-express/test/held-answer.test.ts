// What is held of an answer, and what was dropped of one, among the middleware of an application.

import { setTimeout as sleep } from "node:timers/promises";
import { memoryStore } from "@latchkey/store-memory";
import express5, { type ErrorRequestHandler } from "express";
import express4 from "express4";
import { describe, expect, it } from "vitest";
import {
  heldAnswerSuite,
  lateOfDroppedSuite,
} from "../../adapter-node/test/shared/held-answer-suite.ts";
import { away, storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { expectNoRejections } from "../../adapter-node/test/shared/wrong-answers.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

expectNoRejections();

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("%s", (_name, express) => {
  for (const suite of [heldAnswerSuite, lateOfDroppedSuite]) {
    suite(({ store, before, answer, errorPage }) => {
      const auth = setUp({ store, ...(errorPage && { pages: { error: errorPage } }) });
      const app = express();
      app.use((_req, res, next) => {
        before?.(res);
        next();
      }, auth.session);
      app.get("/", (req, res) => {
        auth.sessionOf(req).data["n"] = 1;
        void answer(res);
      });
      app.use(auth.errors);
      return serve(app);
    });
  }

  it("of two answers the first stands, and the application hears of the second", async () => {
    const heard: unknown[] = [];
    const auth = setUp({ onError: (error) => heard.push(error) });
    const app = express();
    app.use(auth.session);
    app.get("/", (req, res) => {
      auth.sessionOf(req).data["n"] = 1;
      res.status(403).send("no");
      res.status(200).send("a second answer, longer");
    });
    const own: ErrorRequestHandler = (error, _req, res, next) => {
      heard.push(error.code);
      if (!res.headersSent) return next(error);
    };
    app.use(auth.errors, own);
    const { fetch } = await serve(app);
    expect(await fetch("/")).toMatchObject({ status: 403, body: "no" });
    expect(heard).toEqual(["ERR_HTTP_HEADERS_SENT"]);
  });

  it("an error behind an answer that was dropped leaves the error page alone", async () => {
    const auth = setUp({
      store: storeWith({ create: away }),
      pages: { error: () => sleep(60, "the error page") },
    });
    const app = express();
    app.use(auth.session);
    app.get("/", (req, res, next) => {
      auth.sessionOf(req).data["n"] = 1;
      res.write("working");
      // Express answers it, which goes nowhere, or would cut the connection.
      setTimeout(() => next(new Error("mine")), 20);
    });
    app.use(auth.errors);
    const { fetch } = await serve(app);
    expect(await fetch("/")).toMatchObject({ status: 503, body: "the error page" });
  });

  it("an answer that is cut off is heard of", async () => {
    const heard: unknown[] = [];
    const store = storeWith({ replace: away }, memoryStore());
    const auth = setUp({ store, onError: (error) => heard.push(error) });
    const app = express();
    app.use(auth.session);
    app.get("/start", (req, res) => {
      auth.sessionOf(req).data["n"] = 1;
      res.send("ok");
    });
    app.get("/late", (req, res) => {
      res.write("first");
      auth.sessionOf(req).data["n"] = 2;
      res.end("last");
    });
    const { fetch } = await serve(app);
    await fetch("/start");
    await expect(fetch("/late")).rejects.toThrow();
    expect(heard).toMatchObject([{ code: "ERR_STORE_UNAVAILABLE" }]);
  });
});
