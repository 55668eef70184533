// An application on Koa as it was before: plain JavaScript, since Koa's types are not at hand here.

import Koa from "koa";
import koaSession from "koa-session";

export function koaApp(secret, options = {}) {
  const app = new Koa();
  app.keys = [secret];
  app.use(koaSession({ ...options }, app));
  app.use((ctx) => {
    if (ctx.path === "/login") Object.assign(ctx.session, { userId: "ada", cart: ["tea"] });
    ctx.body = ctx.session.userId ?? "nobody";
  });
  return app.callback();
}
