// Latchkey in an Express application, by the adapter's public API.

import { latchkey } from "@latchkey/adapter-express";
import type { Express } from "express";
import type { ExpressSetUp } from "../families/express.ts";
import type { Context, Data, User } from "../subject.ts";
import {
  cookieOptions,
  memoryOptions,
  type Options,
  redisOptions,
  sqliteOptions,
} from "./stores.ts";

export const onMemory: ExpressSetUp = (app, context) => setUp(app, context, memoryOptions(context));
export const onSqlite: ExpressSetUp = (app, context) => setUp(app, context, sqliteOptions(context));
export const onRedis: ExpressSetUp = (app, context) => setUp(app, context, redisOptions(context));
export const inCookie: ExpressSetUp = (app, context) => setUp(app, context, cookieOptions(context));

/** A session of 20 keys instead of two: 18 more. */
export const with20Keys: ExpressSetUp = (app, context) => {
  const names = Array.from({ length: 18 }, (_, number) => `key${number}`);
  const more = Object.fromEntries(names.map((name) => [name, `the value of ${name}`]));
  setUp(app, context, memoryOptions(context), more);
};

function setUp(app: Express, { nextUser }: Context, options: Options, more: object = {}): void {
  const auth = latchkey<User, Data>(options);
  app.use(auth.session);
  app.post("/enter", async (req, res) => {
    const session = auth.sessionOf(req);
    await session.login(nextUser());
    session.data.color = "green";
    Object.assign(session.data, more);
    res.send("ok");
  });
  app.get("/read", (req, res) => {
    const { user, data } = auth.sessionOf(req);
    res.send(`${user?.id ?? "-"} ${data.color ?? "-"}`);
  });
  app.post("/write", (req, res) => {
    const { data } = auth.sessionOf(req);
    data.n = (data.n ?? 0) + 1;
    res.send(String(data.n));
  });
}
