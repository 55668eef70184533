// Latchkey in a Hono application, by the adapter's public API.

import { latchkey } from "@latchkey/adapter-hono";
import type { Hono } from "hono";
import type { HonoSetUp } from "../families/hono.ts";
import type { Context, Data, User } from "../subject.ts";
import { cookieOptions, memoryOptions, type Options, redisOptions } from "./stores.ts";

export const onMemory: HonoSetUp = (app, context) => setUp(app, context, memoryOptions(context));
export const onRedis: HonoSetUp = (app, context) => setUp(app, context, redisOptions(context));
export const inCookie: HonoSetUp = (app, context) => setUp(app, context, cookieOptions(context));

function setUp(app: Hono, { nextUser }: Context, options: Options): void {
  const auth = latchkey<User, Data>(options);
  app.use(auth.session);
  app.post("/enter", async (c) => {
    const session = auth.sessionOf(c);
    await session.login(nextUser());
    session.data.color = "green";
    return c.text("ok");
  });
  app.get("/read", (c) => {
    const { user, data } = auth.sessionOf(c);
    return c.text(`${user?.id ?? "-"} ${data.color ?? "-"}`);
  });
  app.post("/write", (c) => {
    const { data } = auth.sessionOf(c);
    data.n = (data.n ?? 0) + 1;
    return c.text(String(data.n));
  });
}
