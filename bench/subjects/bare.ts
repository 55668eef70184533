// The frameworks alone: what everything else is compared with. The cookie is as long as ours, so
// that requests have the same size.

import type { ExpressSetUp } from "../families/express.ts";
import type { FastifySetUp } from "../families/fastify.ts";
import type { HonoSetUp } from "../families/hono.ts";
import type { KoaSetUp } from "../families/koa.ts";

const cookie = `sid=${"a".repeat(24)}.1.${"b".repeat(43)}; Path=/; HttpOnly; SameSite=Lax`;

export const onExpress: ExpressSetUp = (app) => {
  app.post("/enter", (_req, res) => {
    res.setHeader("set-cookie", cookie).send("ok");
  });
  app.get("/read", (_req, res) => {
    res.send("u1 green");
  });
  app.post("/write", (_req, res) => {
    res.send("1");
  });
};

export const onFastify: FastifySetUp = (app) => {
  app.post("/enter", async (_request, reply) => {
    reply.header("set-cookie", cookie);
    return "ok";
  });
  app.get("/read", async () => "u1 green");
  app.post("/write", async () => "1");
};

export const onKoa: KoaSetUp = () => ({
  enter(ctx) {
    ctx.set("set-cookie", cookie);
    ctx.body = "ok";
  },
  read(ctx) {
    ctx.body = "u1 green";
  },
  write(ctx) {
    ctx.body = "1";
  },
});

export const onHono: HonoSetUp = (app) => {
  app.post("/enter", (c) => c.text("ok", 200, { "set-cookie": cookie }));
  app.get("/read", (c) => c.text("u1 green"));
  app.post("/write", (c) => c.text("1"));
};
