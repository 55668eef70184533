// A real server for one test, and a client that shows every header line.

import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { onTestFinished } from "vitest";

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

export async function serve(app: FastifyInstance): Promise<Served> {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(async () => {
    agent.destroy();
    app.server.closeAllConnections();
    await app.close();
  });
  const port = Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
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

/** A plug-in, of which the linter then knows that it may be asynchronous. */
export function inContext(plugin: FastifyPluginAsync): FastifyPluginAsync {
  return plugin;
}
