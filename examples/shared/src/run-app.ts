// Starts a server and stops it properly: what is in flight is finished, then the process ends.

import type { Server } from "node:http";

const SHUTDOWN_MS = 4_500;

/**
 * Listens, says so, and stops on SIGTERM or SIGINT.
 *
 * @param close Closes stores, once the last answer is sent.
 */
export function runApp(server: Server, port: number, close: () => Promise<void>): void {
  server.listen(port, () => {
    const address = server.address();
    const bound = typeof address === "object" && address !== null ? address.port : port;
    console.log(`listening on http://localhost:${bound}`);
  });
  server.on("error", (error) => fail(new Error(`PORT ${port} can't be used: ${error.message}`)));
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => server.closeAllConnections(), SHUTDOWN_MS).unref();
    // Also those that are idle only once their answer is out.
    setInterval(() => server.closeIdleConnections(), 50).unref();
    server.close(() => {
      close().then(() => process.exit(0), fail);
    });
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
}

/** Ends a start that went wrong with one line that names the reason. */
export function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
