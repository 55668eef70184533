// An answer that Node refuses, only found out about once the session is stored, is an error page
// or cut off; nobody is left waiting, and no rejection goes unhandled.

import express5, { type ErrorRequestHandler } from "express";
import express4 from "express4";
import { describe, expect, it } from "vitest";
import {
  CUT_OFF,
  expectNoRejections,
  wrongAnswers,
} from "../../adapter-node/test/shared/wrong-answers.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

expectNoRejections();

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("%s", (_name, express) => {
  it.each(Object.entries(wrongAnswers))("%s", async (_answer, [answer, status]) => {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    app.get("/", (req, res) => {
      auth.sessionOf(req).data["a"] = 1;
      void answer(res);
    });
    app.get("/ok", (_req, res) => void res.send("ok"));
    const own: ErrorRequestHandler = (_error, _req, res, _next) => {
      res.status(500).send("own page");
    };
    app.use(auth.errors, own);
    const { fetch } = await serve(app);
    const reply = await fetch("/").catch(() => null);
    expect(reply?.status ?? CUT_OFF).toBe(status);
    if (status !== CUT_OFF) expect(reply?.body).toBe("own page");
    expect((await fetch("/ok")).body).toBe("ok");
  });
});
