// A real server for one test, and a client that shows every header line.

import { createServer, type Server } from "node:http";
import type { TestClient } from "@latchkey/tools/test-client";
import type { Express } from "express";
import { serveServer } from "../../adapter-node/test/shared/serve-server.ts";

export interface Served extends TestClient {
  server: Server;
}

export async function serve(app: Express): Promise<Served> {
  const server = createServer(app);
  return { ...(await serveServer(server)), server };
}
