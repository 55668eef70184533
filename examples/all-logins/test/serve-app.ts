// The whole app with everything it needs, for the tests of one file.

import { once } from "node:events";
import { createServer } from "node:http";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { freePort } from "@latchkey/tools/free-port";
import { afterAll } from "vitest";
import type { Neighbours } from "../src/neighbours.ts";
import { openApp } from "../src/open-app.ts";

/** Ends with the file's tests. */
export async function serveApp(): Promise<{ url: string; port: number; neighbours: Neighbours }> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const open = await openApp(url, tempFolder(), ["all-logins-Tests-only-0123456789-abcdef"]);
  afterAll(() => open.close(), 60_000);
  const server = createServer(open.app);
  server.listen(port);
  await once(server, "listening");
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url, port, neighbours: open.neighbours };
}
