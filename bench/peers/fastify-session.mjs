// @fastify/session on its own store in memory, and on Redis by connect-redis, as its documentation
// says. Off are what writes at every visit: storing empty sessions, and a new cookie each time.

import cookie from "@fastify/cookie";
import session from "@fastify/session";
import { RedisStore } from "connect-redis";
import { counted } from "./counted.mjs";
import { redisClient } from "./redis-client.mjs";
import { secret } from "./secret.mjs";

const calls = ["get", "set", "destroy"];

export async function onMemory(app, context) {
  await routes(app, context, counted(new session.MemoryStore(), calls, context.count));
}

export async function onRedis(app, context) {
  const client = await redisClient(context.redisUrl);
  await routes(app, context, new RedisStore({ client }));
}

async function routes(app, { nextUser }, store) {
  await app.register(cookie);
  await app.register(session, {
    store,
    secret,
    cookie: { secure: false },
    saveUninitialized: false,
    rolling: false,
  });
  app.post("/enter", async (request) => {
    await request.session.regenerate();
    request.session.user = nextUser();
    request.session.color = "green";
    return "ok";
  });
  app.get("/read", async ({ session: { user, color } }) => `${user?.id ?? "-"} ${color ?? "-"}`);
  app.post("/write", async (request) => {
    request.session.n = (request.session.n ?? 0) + 1;
    return String(request.session.n);
  });
}
