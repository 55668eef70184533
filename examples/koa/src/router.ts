// What this app needs of a router, since Koa has none; yours will have `@koa/router`.

import type { Context, Middleware, Next } from "koa";

type Handler<Ctx extends Context> = (ctx: Ctx, next: Next) => unknown;

/** A context with what matched the `:names` of a route's path. */
export interface RouteContext extends Context {
  params: Record<string, string>;
}

/** Runs middleware for requests of one kind, e.g. `GET /users/:id`; `ALL` stands for any method. */
export function route(pattern: string, ...handlers: Handler<RouteContext>[]): Middleware {
  const [method = "", path = ""] = pattern.split(" ");
  const source = path.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)");
  const matches = new RegExp(`^${source}/?$`);
  return async (ctx, next) => {
    const asked = ctx.method === "HEAD" ? "GET" : ctx.method;
    const found = method === "ALL" || method === asked ? matches.exec(ctx.path) : null;
    if (found === null) return next();
    const params: Record<string, string> = {};
    for (const [name, value] of Object.entries(found.groups ?? {})) params[name] = decode(value);
    const run = async (index: number): Promise<void> => {
      await handlers[index]?.(Object.assign(ctx, { params }), () => run(index + 1));
    };
    await run(0);

    function decode(value: string): string {
      try {
        return decodeURIComponent(value);
      } catch {
        return ctx.throw(400);
      }
    }
  };
}
