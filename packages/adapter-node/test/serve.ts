// A real server for one test, HTTP/1 or HTTP/2, and a client that shows every header line.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  connect,
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
} from "node:http2";
import { listenLocally, type Send, type TestClient, testClient } from "@latchkey/tools/test-client";
import { onTestFinished } from "vitest";

export type Listener = (req: IncomingMessage, res: ServerResponse) => unknown;

export async function serve(listener: Listener, version: 1 | 2 = 1): Promise<TestClient> {
  // Requests and responses of HTTP/2 are alike enough for these tests, but not to their types.
  const listen = (...args: unknown[]): unknown => Reflect.apply(listener, undefined, args);
  const server: Server | Http2Server =
    version === 1 ? createServer(listen) : createHttp2Server(listen);
  const port = await listenLocally(server);
  onTestFinished(() => void server.close());
  const client = version === 1 ? testClient(port) : testClient(port, http2(port));
  onTestFinished(client.close);
  return client;
}

function http2(port: number): Send {
  const client = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => client.destroy());
  return (path, { method = "GET", headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const stream = client.request({ ":path": path, ":method": method, ...headers });
      let answered: IncomingHttpHeaders = {};
      let text = "";
      stream.setEncoding("utf8");
      stream.on("response", (received) => {
        answered = received;
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
