// A real server for one test, and a client that shows every header line.

import { type TestClient, testClient } from "@latchkey/tools/test-client";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { onTestFinished } from "vitest";

export async function serve(app: FastifyInstance): Promise<TestClient> {
  const client = testClient(Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port));
  onTestFinished(async () => {
    client.close();
    app.server.closeAllConnections();
    await app.close();
  });
  return client;
}

/** A plug-in, of which the linter then knows that it may be asynchronous. */
export function inContext(plugin: FastifyPluginAsync): FastifyPluginAsync {
  return plugin;
}
