// Express with its own defaults, the same for every subject.

import { createServer } from "node:http";
import express, { type Express } from "express";
import { listenAnywhere } from "../listening.ts";
import type { Context } from "../subject.ts";

export type ExpressSetUp = (app: Express, context: Context) => void | Promise<void>;

/** @returns The port it listens on. */
export async function startExpress(setUp: ExpressSetUp, context: Context): Promise<number> {
  const app = express();
  await setUp(app, context);
  return listenAnywhere(createServer(app));
}
