// Hono on Node by its own server, with its defaults, the same for every subject.

import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { listenAnywhere } from "../listening.ts";
import type { Context } from "../subject.ts";

export type HonoSetUp = (app: Hono, context: Context) => void | Promise<void>;

/** @returns The port it listens on. */
export async function startHono(setUp: HonoSetUp, context: Context): Promise<number> {
  const app = new Hono();
  await setUp(app, context);
  return listenAnywhere(createServer(getRequestListener(app.fetch)));
}
