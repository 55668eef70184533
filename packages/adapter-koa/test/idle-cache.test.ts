// F7: what a browser may keep of a session with an idle timeout, on Koa.

import { describe } from "vitest";
import { idleCacheSuite } from "../../adapter-node/test/shared/idle-cache-suite.ts";
import { login } from "../../adapter-node/test/shared/site-parts.ts";
import { majors } from "./majors.ts";
import { at, serve } from "./serve.ts";
import { setUp } from "./setup.ts";

describe.each(majors)("%s", (_name, Koa) => {
  const more = {
    "/flushed": "page",
    "/flushed-error": "error",
    "/raw": "page",
    "/raw-error": "error",
    "/thrown": "error",
  } as const;
  idleCacheSuite(() => {
    const auth = setUp();
    const app = new Koa();
    app.use(async (ctx, next) => {
      try {
        await next();
      } catch {
        ctx.status = 404;
        ctx.body = "an error page of the application's own";
      }
    });
    app.use(auth.session);
    app.use(at("/login", auth.login(login, { idle: "864s" })));
    app.use(auth.require(true, { place: "mounted" }));
    app.use((ctx) => {
      if (ctx.path === "/thrown") ctx.throw(404);
      if (ctx.path.endsWith("-error")) ctx.status = 410;
      else if (ctx.path in more) ctx.status = 200;
      if (ctx.path in more) ctx.set("vary", "Accept-Encoding");
      if (ctx.path.startsWith("/raw")) {
        ctx.respond = false;
        return void ctx.res.end(ctx.path);
      }
      if (ctx.path.startsWith("/flushed")) ctx.flushHeaders();
      ctx.body = ctx.path;
      if (ctx.path === "/changed") {
        auth.sessionOf(ctx).data["changed"] = true;
        ctx.vary("Accept-Encoding");
      }
      if (ctx.path === "/gone" || ctx.path === "/own") ctx.status = 410;
      if (ctx.path === "/own") ctx.set("cache-control", "max-age=5");
    });
    return serve(app);
  }, more);
});
