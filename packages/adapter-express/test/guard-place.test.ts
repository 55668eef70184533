// Where a guard stands: Express says so only until a route has matched.

import type { TestClient } from "@latchkey/tools/test-client";
import express5 from "express";
import express4 from "express4";
import { describe, expect, it } from "vitest";
import { html, json, login } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("%s, after a route that only calls next()", (_name, express) => {
  function site(place?: "mounted" | "route"): Promise<TestClient> {
    const auth = setUp();
    const app = express();
    app.use(auth.session);
    app.all(/.*/, (_req, _res, next) => next());
    app.use("/assets", auth.require(false));
    app.use(auth.require(true, place === undefined ? {} : { place }));
    app.use("/login", auth.login(login));
    app.use((_req, res) => void res.send("ok"));
    return serve(app);
  }

  it("`place: mounted` spares the login page and what is exempt, and nothing else", async () => {
    const { fetch } = await site("mounted");
    expect((await fetch("/login", { headers: html })).status).toBe(200);
    expect((await fetch("/assets/style.css")).status).toBe(200);
    expect((await fetch("/page", { headers: json })).status).toBe(401);
  });

  it.each([undefined, "route"] as const)("%s spares nothing", async (place) => {
    const { fetch } = await site(place);
    for (const path of ["/login", "/assets/style.css", "/page"]) {
      expect((await fetch(path, { headers: json })).status).toBe(401);
    }
  });
});

it("`place: route` holds on the whole application, too", async () => {
  const auth = setUp();
  const app = express5();
  app.use(auth.session, auth.require(false), auth.require(true, { place: "route" }));
  app.use((_req, res) => void res.send("ok"));
  const { fetch } = await serve(app);
  expect((await fetch("/", { headers: json })).status).toBe(401);
});
