// Latchkey in a Fastify application, by the adapter's public API.

import { latchkey } from "@latchkey/adapter-fastify";
import type { FastifyInstance } from "fastify";
import type { FastifySetUp } from "../families/fastify.ts";
import type { Context, Data, User } from "../subject.ts";
import { cookieOptions, memoryOptions, type Options, redisOptions } from "./stores.ts";

export const onMemory: FastifySetUp = (app, context) => setUp(app, context, memoryOptions(context));
export const onRedis: FastifySetUp = (app, context) => setUp(app, context, redisOptions(context));
export const inCookie: FastifySetUp = (app, context) => setUp(app, context, cookieOptions(context));

async function setUp(app: FastifyInstance, { nextUser }: Context, options: Options): Promise<void> {
  const auth = latchkey<User, Data>(options);
  await app.register(auth.session);
  app.post("/enter", async (request) => {
    const session = auth.sessionOf(request);
    await session.login(nextUser());
    session.data.color = "green";
    return "ok";
  });
  app.get("/read", async (request) => {
    const { user, data } = auth.sessionOf(request);
    return `${user?.id ?? "-"} ${data.color ?? "-"}`;
  });
  app.post("/write", async (request) => {
    const { data } = auth.sessionOf(request);
    data.n = (data.n ?? 0) + 1;
    return String(data.n);
  });
}
