// As little of Next.js as its route handlers can tell: finds the route, and calls the function that is
// named after the method with the Request, and with the names of the path as a promise. It tells no
// address; who connected is in X-Forwarded-For.

import { createServer } from "node:http";
import { runApp } from "@latchkey/example-shared";
import { bridge } from "../src/bridge.ts";
import * as login from "../src/next-app/app/login/route.ts";
import * as logout from "../src/next-app/app/logout/route.ts";
import * as member from "../src/next-app/app/members/[name]/route.ts";
import * as notes from "../src/next-app/app/notes/[...path]/route.ts";

type Handler<Params> = (
  request: Request,
  context: { params: Promise<Params> },
) => Response | Promise<Response>;

interface RouteModule<Params> {
  GET: Handler<Params>;
  POST?: Handler<Params>;
  PUT?: Handler<Params>;
}

type Answer = (request: Request, path: RegExpExecArray) => Response | Promise<Response>;

/** Calls a route as Next.js does; the types are those that it demands of one. */
function route<Params>(
  { GET, ...others }: RouteModule<Params>,
  paramsOf: (path: RegExpExecArray) => Params,
): Answer {
  const handlers: Record<string, Handler<Params> | undefined> = { GET, HEAD: GET, ...others };
  return (request, path) => {
    const handler = handlers[request.method];
    if (handler === undefined) return new Response(null, { status: 405 });
    return handler(request, { params: Promise.resolve(paramsOf(path)) });
  };
}

const routes: readonly (readonly [path: RegExp, answer: Answer])[] = [
  [/^\/login$/, route(login, () => ({}))],
  [/^\/logout$/, route(logout, () => ({}))],
  [/^\/members\/([^/]+)$/, route(member, ([, name = ""]) => ({ name }))],
  [/^\/notes\/(.+)$/, route(notes, ([, path = ""]) => ({ path: path.split("/") }))],
];

async function answer(request: Request, info: { ip?: string | undefined }): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (!request.headers.has("x-forwarded-for")) {
    request.headers.set("x-forwarded-for", info.ip ?? "");
  }
  for (const [path, call] of routes) {
    const found = path.exec(pathname);
    if (found !== null) return call(request, found);
  }
  return new Response("not found", { status: 404 });
}

runApp(createServer(bridge(answer)), Number(process.env["PORT"]), async () => {});
