// An `onError` that fails itself, when it is told after the reply: there is no page then.

import { StoreError } from "@latchkey/session-core";
import fastify from "fastify";
import { expect, it, onTestFinished, vi } from "vitest";
import { storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

const away = (): Promise<never> =>
  Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));

const failing: Record<string, () => unknown> = {
  throws: () => {
    throw new Error("of onError");
  },
  rejects: () => Promise.reject(new Error("of onError")),
};

it.each(Object.entries(failing))(
  "that %s: what is found after the reply is no unhandled rejection",
  async (_how, onError) => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on("unhandledRejection", listen);
    onTestFinished(() => void process.off("unhandledRejection", listen));
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    for (const store of [storeWith({ create: away }), storeWith({})]) {
      said.mockClear();
      const auth = setUp({ store, onError });
      const app = fastify();
      await app.register(auth.session);
      app.get("/", (request, reply) => {
        reply.hijack();
        auth.sessionOf(request).data["a"] = 1;
        reply.raw.end("raw");
      });
      const { fetch } = await serve(app);
      expect((await fetch("/")).body).toBe("raw");
      await expect.poll(() => said.mock.calls.flat().map(String)).toContain("Error: of onError");
    }
    await new Promise(setImmediate);
    expect(unhandled).toEqual([]);
    said.mockRestore();
  },
);
