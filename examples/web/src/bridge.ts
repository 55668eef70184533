// Runs a fetch handler on node:http. Bun, Deno and Workers do this by themselves; for production on
// Node.js, take `@hono/node-server` or `srvx`.

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FetchHandler } from "./app.ts";

export function bridge(handler: FetchHandler): RequestListener {
  return (req, res) => {
    run(handler, req, res).catch((error) => {
      // A client that went away is nobody's fault.
      if (!res.destroyed) console.error(error);
      res.destroy();
    });
  };
}

async function run(
  handler: FetchHandler,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const request = toRequest(req);
  if (request === null) return void res.writeHead(400, { connection: "close" }).end();
  const response = await handler(request, { ip: req.socket.remoteAddress ?? "" });
  const headers: string[] = [];
  for (const [name, value] of response.headers) headers.push(name, value); // Set-Cookie: each its own.
  if (!req.complete && req.method !== "GET" && req.method !== "HEAD") {
    headers.push("connection", "close"); // A body that nobody read is not waited for.
  }
  res.writeHead(response.status, headers);
  if (response.body === null || req.method === "HEAD") {
    await response.body?.cancel();
    res.end();
  } else {
    await pipeline(Readable.fromWeb(response.body), res);
  }
}

/** `null` for what can't be a Request: a host that is none, a path that is none, odd methods. */
function toRequest(req: IncomingMessage): Request | null {
  const { method = "GET", url = "/", headers } = req;
  const origin = `http://${headers.host ?? "localhost"}`;
  if (!url.startsWith("/") || !URL.canParse(origin + url)) return null;
  const body = method === "GET" || method === "HEAD" ? null : Readable.toWeb(req);
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < req.rawHeaders.length; at += 2) {
    pairs.push([req.rawHeaders[at] ?? "", req.rawHeaders[at + 1] ?? ""]);
  }
  try {
    return new Request(origin + url, { method, headers: pairs, body, duplex: "half" });
  } catch {
    return null;
  }
}
