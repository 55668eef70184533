// express-session with the two options that its documentation recommends, on its MemoryStore and on
// Redis by connect-redis.

import { RedisStore } from "connect-redis";
import session from "express-session";
import { counted } from "./counted.mjs";
import { redisClient } from "./redis-client.mjs";
import { secret } from "./secret.mjs";

export function onMemory(app, context) {
  app.use(memorySession(context));
  routes(app, context);
}

export async function onRedis(app, context) {
  const client = await redisClient(context.redisUrl);
  app.use(sessionOn(new RedisStore({ client })));
  routes(app, context);
}

export function memorySession({ count }) {
  const calls = ["get", "set", "touch", "destroy"];
  return sessionOn(counted(new session.MemoryStore(), calls, count));
}

function sessionOn(store) {
  return session({ store, secret, resave: false, saveUninitialized: false });
}

function routes(app, { nextUser }) {
  app.post("/enter", (req, res, next) => {
    req.session.regenerate((error) => {
      if (error) return next(error);
      req.session.user = nextUser();
      req.session.color = "green";
      res.send("ok");
    });
  });
  app.get("/read", (req, res) => {
    res.send(`${req.session.user?.id ?? "-"} ${req.session.color ?? "-"}`);
  });
  app.post("/write", (req, res) => {
    req.session.n = (req.session.n ?? 0) + 1;
    res.send(String(req.session.n));
  });
}
