// A client for the tests of adapters: one request at a time, every header line as it came, cookies kept
// like a browser. Nothing is followed.
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import type { Server } from "node:net";

export interface TestAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  setCookies: string[];
  body: string;
}

export interface TestRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

export interface TestClient {
  readonly port: number;
  readonly cookies: Map<string, string>;
  fetch(path: string, init?: TestRequest): Promise<TestAnswer>;
  /** Closes its connections. */
  close(): void;
}

/** Sends one request, whatever the protocol. */
export type Send = (path: string, init: TestRequest) => Promise<Omit<TestAnswer, "setCookies">>;

/** @param port On 127.0.0.1. @param send Default: over HTTP/1, on connections that are kept. */
export function testClient(port: number, send?: Send): TestClient {
  const agent = new Agent({ keepAlive: true });
  const cookies = new Map<string, string>();
  const sendOne = send ?? http1(port, agent);
  return {
    port,
    cookies,
    async fetch(path, init = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { ...(cookie === "" ? {} : { cookie }), ...init.headers };
      const answer = await sendOne(path, { ...init, headers });
      const setCookies = answer.headers["set-cookie"] ?? [];
      for (const line of setCookies) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "") cookies.delete(name);
        else cookies.set(name, value);
      }
      return { ...answer, setCookies };
    },
    close() {
      agent.destroy();
    },
  };
}

/** A request as a program makes it. */
export function asJson(body: unknown): {
  method: string;
  headers: Record<string, string>;
  body: string;
} {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/** Starts a server on a free port of 127.0.0.1. @returns The port. */
export async function listenLocally(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

function http1(port: number, agent: Agent): Send {
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
