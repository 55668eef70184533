// Starts the app on Bun.

import { fail } from "@latchkey/example-shared";
import { openApp } from "./open-app.ts";
import { runServed } from "./run-served.ts";

/** As much of Bun as is used here; an application of its own takes `@types/bun`. */
declare const Bun: {
  serve(options: {
    port: number;
    fetch(request: Request, server: BunServer): Promise<Response>;
  }): BunServer;
};

interface BunServer {
  readonly port: number;
  requestIP(request: Request): { address: string } | null;
  stop(): Promise<void>;
}

try {
  const app = await openApp(process.env);
  runServed(app, () =>
    Bun.serve({
      port: app.port,
      fetch: (request, server) => app.fetch(request, { ip: server.requestIP(request)?.address }),
    }),
  );
} catch (error) {
  fail(error);
}
