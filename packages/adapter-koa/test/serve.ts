// A real server for one test, and a client that shows every header line.

import { Agent, createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type Koa from "koa";
import { onTestFinished } from "vitest";
import type { Middleware } from "../src/index.ts";

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  setCookies: string[];
  body: string;
}

interface RequestInit {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Served {
  port: number;
  /** Keeps cookies like a browser. */
  fetch(path: string, init?: RequestInit): Promise<Answer>;
  cookies: Map<string, string>;
}

export async function serve<State, Context>(app: Koa<State, Context>): Promise<Served> {
  app.silent = true;
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const { port } = address;
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  const cookies = new Map<string, string>();

  function fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const { method = "GET", headers = {}, body } = init;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return new Promise((resolve, reject) => {
      const sent = { ...(cookie === "" ? {} : { cookie }), ...headers };
      const req = httpRequest(
        { port, host: "127.0.0.1", path, method, headers: sent, agent },
        (res) => {
          let text = "";
          res.setEncoding("utf8");
          res.on("data", (chunk) => {
            text += chunk;
          });
          res.on("error", reject);
          res.on("end", () => {
            const setCookies = res.headers["set-cookie"] ?? [];
            for (const line of setCookies) {
              const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
              if (value === "") cookies.delete(name);
              else cookies.set(name, value);
            }
            resolve({ status: res.statusCode ?? 0, headers: res.headers, setCookies, body: text });
          });
        },
      );
      req.on("error", reject);
      req.end(body);
    });
  }

  return { port, fetch, cookies };
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
