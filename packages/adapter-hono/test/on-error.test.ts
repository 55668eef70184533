// An `onError` that fails itself changes nothing for the visitor.

import { StoreError } from "@latchkey/session-core";
import { Hono } from "hono";
import { expect, it, vi } from "vitest";
import { browse, setUp, storeWith } from "./setup.ts";

const away = (): Promise<never> =>
  Promise.reject(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));

const failing: Record<string, () => unknown> = {
  throws: () => {
    throw new Error("of onError");
  },
  rejects: () => Promise.reject(new Error("of onError")),
};

it.each(Object.entries(failing))("that %s: the visitor gets the page", async (_how, onError) => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  const auth = setUp({ store: storeWith({ create: away }), onError });
  const app = new Hono();
  app.use(auth.session);
  app.get("/", (c) => {
    auth.sessionOf(c).data["a"] = 1;
    return c.text("stored");
  });
  app.onError(async (error, c) => (await auth.errors(error, c)) ?? c.text("", 500));
  const { fetch: send } = browse(app);
  const response = await send("/", { headers: { accept: "application/json" } });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: "unavailable" });
  await expect.poll(() => said.mock.calls.flat().map(String)).toContain("Error: of onError");
  said.mockRestore();
});
