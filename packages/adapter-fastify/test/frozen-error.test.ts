// An error that can't be given a status, such as a frozen one, is answered as any other.

import { StoreError } from "@latchkey/session-core";
import fastify from "fastify";
import { expect, it } from "vitest";
import { json, storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

it.each(["Fastify's", "Latchkey's"])("%s own error handling says 503", async (whose) => {
  const error = Object.freeze(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));
  const auth = setUp({ store: storeWith({ create: () => Promise.reject(error) }) });
  const app = fastify();
  await app.register(auth.session);
  if (whose === "Latchkey's") app.setErrorHandler(auth.errors);
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
    expect((await fetch(path, { headers: json })).status, path).toBe(503);
  }
});
