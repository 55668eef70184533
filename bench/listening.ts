// The port of a server on loopback.

import { once } from "node:events";
import type { Server } from "node:http";

/** Takes any free port of 127.0.0.1. */
export async function listenAnywhere(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return portOf(server);
}

export function portOf(server: Server): number {
  server.keepAliveTimeout = 0; // A connection may have to wait while all the others are measured.
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return address.port;
}
