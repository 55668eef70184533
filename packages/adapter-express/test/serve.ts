// A real server for one test, and a client that shows every header line.

import { createServer, type Server } from "node:http";
import { listenLocally, type TestClient, testClient } from "@latchkey/tools/test-client";
import type { Express } from "express";
import { onTestFinished } from "vitest";

export interface Served extends TestClient {
  server: Server;
}

export async function serve(app: Express): Promise<Served> {
  const server = createServer(app);
  const client = testClient(await listenLocally(server));
  onTestFinished(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return { ...client, server };
}
