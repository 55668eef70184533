// An error that can't be given a status, such as a frozen one, is answered as any other.

import { StoreError } from "@latchkey/session-core";
import fastify from "fastify";
import { expect, it } from "vitest";
import { json, storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

const AWAY = Object.freeze(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));

it.each(["Fastify's", "Latchkey's", "the application's"])("%s error handling", async (whose) => {
  const auth = setUp({ store: storeWith({ create: () => Promise.reject(AWAY) }) });
  const app = fastify();
  await app.register(auth.session);
  if (whose === "Latchkey's") app.setErrorHandler(auth.errors);
  if (whose === "the application's")
    app.setErrorHandler((_error, _request, reply) => reply.send("own"));
  app.get("/", (request, reply) => {
    auth.sessionOf(request).data["a"] = 1;
    return reply.send("stored");
  });
  app.get("/save", async (request) => {
    auth.sessionOf(request).data["a"] = 1;
    await auth.sessionOf(request).save();
  });
  const { fetch } = await serve(app);
  for (const path of ["/", "/save"]) {
    const reply = await fetch(path, { headers: json });
    expect(reply, path).toMatchObject({ status: 503, setCookies: [] });
    if (whose === "the application's") expect(reply.body, path).toBe("own");
  }
});
