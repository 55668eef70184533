// koa-session in its signed cookie, on a Map and on Redis. Its documentation describes a store as
// three functions and leaves them to the application; these keep JSON, as a store has to.

import session from "koa-session";
import { counted } from "./counted.mjs";
import { redisClient } from "./redis-client.mjs";
import { secret } from "./secret.mjs";

export const inCookie = (app, context) => routes(app, context, {});

export function onMap(app, context) {
  const sessions = new Map();
  const store = {
    get: async (key) => JSON.parse(sessions.get(key) ?? "null"),
    set: async (key, value) => void sessions.set(key, JSON.stringify(value)),
    destroy: async (key) => void sessions.delete(key),
  };
  return routes(app, context, { store: counted(store, Object.keys(store), context.count) });
}

export async function onRedis(app, context) {
  const client = await redisClient(context.redisUrl);
  const store = {
    get: async (key) => JSON.parse((await client.get(key)) ?? "null"),
    set: (key, value, maxAge) => client.set(key, JSON.stringify(value), { PX: maxAge }),
    destroy: (key) => client.del(key),
  };
  return routes(app, context, { store });
}

function routes(app, { nextUser }, options) {
  app.keys = [secret];
  app.use(session(options, app));
  return {
    enter(ctx) {
      ctx.session = { user: nextUser(), color: "green" };
      ctx.body = "ok";
    },
    read(ctx) {
      ctx.body = `${ctx.session.user?.id ?? "-"} ${ctx.session.color ?? "-"}`;
    },
    write(ctx) {
      ctx.session.n = (ctx.session.n ?? 0) + 1;
      ctx.body = String(ctx.session.n);
    },
  };
}
