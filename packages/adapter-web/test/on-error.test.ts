// An `onError` that fails itself changes nothing for the visitor.

import { StoreError } from "@latchkey/session-core";
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
  const { fetch: send } = browse((request) =>
    auth.handle(request, ({ session }) => {
      session.data["a"] = 1;
      return new Response("stored");
    }),
  );
  const response = await send("/", { headers: { accept: "application/json" } });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: "unavailable" });
  await expect.poll(() => said.mock.calls.flat().map(String)).toContain("Error: of onError");
  said.mockRestore();
});
