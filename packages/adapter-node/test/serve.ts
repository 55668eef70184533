// A real server for one test, HTTP/1 or HTTP/2, and a client that shows every header line.

import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { connect, createServer as createHttp2Server, type Http2Server } from "node:http2";
import { onTestFinished } from "vitest";

export interface Reply {
  status: number;
  headers: Record<string, unknown>;
  setCookies: string[];
  body: string;
}

export interface RequestInit {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface Served {
  port: number;
  /** Keeps cookies like a browser. */
  fetch(path: string, init?: RequestInit): Promise<Reply>;
  cookies: Map<string, string>;
}

export type Listener = (req: IncomingMessage, res: ServerResponse) => unknown;
type Send = (path: string, init: RequestInit) => Promise<Omit<Reply, "setCookies">>;

export async function serve(listener: Listener, version: 1 | 2 = 1): Promise<Served> {
  // Requests and responses of HTTP/2 are alike enough for these tests, but not to their types.
  const listen = (...args: unknown[]): unknown => Reflect.apply(listener, undefined, args);
  const server: Server | Http2Server =
    version === 1 ? createServer(listen) : createHttp2Server(listen);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const { port } = address;
  onTestFinished(() => void server.close());
  const send = version === 1 ? http1(port) : http2(port);
  const cookies = new Map<string, string>();
  return {
    port,
    cookies,
    async fetch(path, init = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { ...(cookie === "" ? {} : { cookie }), ...init.headers };
      const reply = await send(path, { ...init, headers });
      const lines: unknown = reply.headers["set-cookie"];
      const setCookies = Array.isArray(lines) ? lines.map(String) : [];
      for (const line of setCookies) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "") cookies.delete(name);
        else cookies.set(name, value);
      }
      return { ...reply, setCookies };
    },
  };
}

function http1(port: number): Send {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  return (path, { method = "GET", headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const options = { port, host: "127.0.0.1", path, method, headers, agent };
      const req = request(options, (res) => {
        let text = "";
        res.setEncoding("utf8");
        res.on("data", (chunk) => {
          text += chunk;
        });
        res.on("error", reject);
        const status = res.statusCode ?? 0;
        res.on("end", () => resolve({ status, headers: res.headers, body: text }));
      });
      req.on("error", reject);
      req.end(body);
    });
}

function http2(port: number): Send {
  const client = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => client.destroy());
  return (path, { method = "GET", headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const stream = client.request({ ":path": path, ":method": method, ...headers });
      let answered: Record<string, unknown> = {};
      let text = "";
      stream.setEncoding("utf8");
      stream.on("response", (received) => {
        answered = { ...received };
      });
      stream.on("data", (chunk) => {
        text += chunk;
      });
      stream.on("error", reject);
      stream.on("end", () => {
        resolve({ status: Number(answered[":status"]), headers: answered, body: text });
      });
      stream.end(body);
    });
}
