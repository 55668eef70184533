// An `onError` that fails itself changes nothing for the visitor.

import { StoreError } from "@latchkey/session-core";
import { describe, expect, it, vi } from "vitest";
import { majors } from "./majors.ts";
import { serve } from "./serve.ts";
import { setUp, storeWith } from "./setup.ts";

const away = (): Promise<never> =>
  Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));

const failing: Record<string, () => unknown> = {
  throws: () => {
    throw new Error("of onError");
  },
  rejects: () => Promise.reject(new Error("of onError")),
};

describe.each(majors)("%s", (_name, Koa) => {
  it.each(Object.entries(failing))("that %s: the visitor gets the page", async (_how, onError) => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const auth = setUp({ store: storeWith({ create: away }), onError });
    const app = new Koa();
    app.use(auth.errors).use(auth.session);
    app.use(async (ctx) => {
      auth.sessionOf(ctx).data["a"] = 1;
    });
    const { fetch } = await serve(app);
    const reply = await fetch("/", { headers: { accept: "application/json" } });
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.body)).toMatchObject({ code: "unavailable" });
    await expect.poll(() => said.mock.calls.flat().map(String)).toContain("Error: of onError");
    said.mockRestore();
  });
});
