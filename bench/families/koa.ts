// Koa with its own defaults; it has no router, so that the three routes are told apart by hand.

import { createServer } from "node:http";
import Koa from "koa";
import { listenAnywhere } from "../listening.ts";
import type { Context } from "../subject.ts";

type Handler = (ctx: Koa.Context) => void | Promise<void>;

export interface KoaRoutes {
  enter: Handler;
  read: Handler;
  write: Handler;
}

/** Puts its middleware in front and returns the routes. */
export type KoaSetUp = (app: Koa, context: Context) => KoaRoutes | Promise<KoaRoutes>;

/** @returns The port it listens on. */
export async function startKoa(setUp: KoaSetUp, context: Context): Promise<number> {
  const app = new Koa();
  const { enter, read, write } = await setUp(app, context);
  app.use((ctx) => {
    if (ctx.path === "/read") return read(ctx);
    if (ctx.path === "/write") return write(ctx);
    if (ctx.path === "/enter") return enter(ctx);
    return undefined;
  });
  return listenAnywhere(createServer(app.callback()));
}
