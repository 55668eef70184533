// A real server for one test, and a client that shows every header line.

import { createServer } from "node:http";
import type { TestClient } from "@latchkey/tools/test-client";
import type Koa from "koa";
import { serveServer } from "../../adapter-node/test/shared/serve-server.ts";
import type { Middleware } from "../src/index.ts";

export function serve<State, Context>(app: Koa<State, Context>): Promise<TestClient> {
  app.silent = true;
  return serveServer(createServer(app.callback()));
}

/** Middleware for one path and what is below it, like a router's. */
export function at(path: string, ...middleware: Middleware[]): Middleware {
  return (ctx, next) => {
    if (ctx.path !== path && !ctx.path.startsWith(`${path}/`)) return next();
    const run = (index: number): Promise<unknown> =>
      middleware[index]?.(ctx, () => run(index + 1)) ?? Promise.resolve(next());
    return run(0);
  };
}
