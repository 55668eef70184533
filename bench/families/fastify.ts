// Fastify with its own defaults (no logger), the same for every subject.

import { type FastifyInstance, fastify } from "fastify";
import { portOf } from "../listening.ts";
import type { Context } from "../subject.ts";

export type FastifySetUp = (app: FastifyInstance, context: Context) => void | Promise<void>;

/** @returns The port it listens on. */
export async function startFastify(setUp: FastifySetUp, context: Context): Promise<number> {
  const app = fastify();
  await setUp(app, context);
  await app.listen({ host: "127.0.0.1", port: 0 });
  return portOf(app.server);
}
