// Starts the app on Deno.

import { fail } from "@latchkey/example-shared";
import { openApp } from "./open-app.ts";
import { runServed } from "./run-served.ts";

/** As much of Deno as is used here; an application of its own has all its types. */
declare const Deno: {
  serve(
    options: { port: number; onListen(): void },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Promise<Response>,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
};

try {
  const app = await openApp(process.env);
  runServed(app, () => {
    const quiet = { port: app.port, onListen: () => {} }; // we say it ourselves
    const { addr, shutdown } = Deno.serve(quiet, (request, { remoteAddr }) =>
      app.fetch(request, { ip: remoteAddr.hostname }),
    );
    return { port: addr.port, stop: shutdown };
  });
} catch (error) {
  fail(error);
}
