// Latchkey in a Koa application, by the adapter's public API.

import { latchkey } from "@latchkey/adapter-koa";
import type Koa from "koa";
import type { KoaRoutes, KoaSetUp } from "../families/koa.ts";
import type { Context, Data, User } from "../subject.ts";
import { cookieOptions, memoryOptions, type Options, redisOptions } from "./stores.ts";

export const onMemory: KoaSetUp = (app, context) => setUp(app, context, memoryOptions(context));
export const onRedis: KoaSetUp = (app, context) => setUp(app, context, redisOptions(context));
export const inCookie: KoaSetUp = (app, context) => setUp(app, context, cookieOptions(context));

function setUp(app: Koa, { nextUser }: Context, options: Options): KoaRoutes {
  const auth = latchkey<User, Data>(options);
  app.use(auth.session);
  return {
    async enter(ctx) {
      const session = auth.sessionOf(ctx);
      await session.login(nextUser());
      session.data.color = "green";
      ctx.body = "ok";
    },
    read(ctx) {
      const { user, data } = auth.sessionOf(ctx);
      ctx.body = `${user?.id ?? "-"} ${data.color ?? "-"}`;
    },
    write(ctx) {
      const { data } = auth.sessionOf(ctx);
      data.n = (data.n ?? 0) + 1;
      ctx.body = String(data.n);
    },
  };
}
