// A login reads its body, whichever parsers an application has of its own.

import { asJson, type TestRequest } from "@latchkey/tools/test-client";
import type express from "express";
import { describe, expect, it } from "vitest";
import { loginBodiesSuite } from "../../adapter-node/test/shared/login-bodies-suite.ts";
import { json, login } from "../../adapter-node/test/shared/site-parts.ts";
import { type Served, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

const headers = { "content-type": "application/x-www-form-urlencoded", ...json };
const form: TestRequest = {
  method: "POST",
  headers: { ...headers, "sec-fetch-site": "same-origin" },
  body: "user=alpha&password=secret",
};
const bodies: Record<string, TestRequest> = {
  form,
  JSON: asJson({ user: "alpha", password: "secret" }),
};

export function bodyParsersSuite(make: typeof express): void {
  const parsers: Record<string, express.RequestHandler[]> = {
    "no parser": [],
    "express.json()": [make.json()],
    "express.urlencoded()": [make.urlencoded({ extended: false })],
    "both parsers": [make.json(), make.urlencoded({ extended: false })],
  };
  describe.each(Object.entries(parsers))("%s before it", (_parsers, before) => {
    function site(): Promise<Served> {
      const auth = setUp();
      const app = make();
      for (const parser of before) app.use(parser);
      app.use(auth.session);
      app.use("/login", auth.login(login, { delay: "1ms" }));
      app.use(auth.errors);
      return serve(app);
    }

    it.each(Object.entries(bodies))("takes a %s", async (_body, request) => {
      const { fetch } = await site();
      expect((await fetch("/login", request)).status).toBe(200);
    });

    if (before.length === 0) loginBodiesSuite(site);
    else {
      it("an empty object is one", async () => {
        const { fetch } = await site();
        expect(await fetch("/login", asJson({}))).toMatchObject({ status: 400, setCookies: [] });
      });
    }
  });
}
