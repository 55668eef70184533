// A real server for one test, and a client that shows every header line.

import type { Server } from "node:http";
import { listenLocally, type TestClient, testClient } from "@latchkey/tools/test-client";
import { onTestFinished } from "vitest";

export async function serveServer(server: Server): Promise<TestClient> {
  const client = testClient(await listenLocally(server));
  onTestFinished(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}
