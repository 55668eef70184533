// A store may reject with an error that is frozen, to share it: it is answered as any other.

import { StoreError } from "@latchkey/session-core";
import { describe, expect, it } from "vitest";
import { storeWith } from "../../adapter-node/test/shared/site-parts.ts";
import { majors } from "./majors.ts";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";

const AWAY = Object.freeze(new StoreError("ERR_STORE_UNAVAILABLE", "the store is away"));

describe.each(majors)("%s", (_name, Koa) => {
  it("a frozen error of the store reaches the application as it is", async () => {
    const auth = setUp({ store: storeWith({ create: () => Promise.reject(AWAY) }) });
    const app = new Koa();
    const caught: unknown[] = [];
    app.use((ctx, next) =>
      next().catch((error: unknown) => {
        caught.push(error);
        ctx.body = "own";
      }),
    );
    app.use(auth.session);
    app.use(async (ctx) => {
      auth.sessionOf(ctx).data["a"] = 1;
    });
    const { fetch } = await serve(app);
    expect(await fetch("/")).toMatchObject({ status: 503, body: "own", setCookies: [] });
    expect(caught[0]).toBe(AWAY);
  });
});
