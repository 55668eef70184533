// Runs the app on runtimes that bring their own server for fetch handlers, and ends it properly.

import { fail } from "@latchkey/example-shared";
import type { OpenedApp } from "./open-app.ts";

const SHUTDOWN_MS = 4_500;

export interface Served {
  /** Where it listens. */
  readonly port: number;
  /** Takes no more requests; resolves once the last answer is sent. */
  stop(): Promise<void>;
}

/** Serves, says where, and on SIGTERM or SIGINT finishes what is in flight and ends with 0. */
export function runServed(app: OpenedApp, serve: () => Served): void {
  const served = listen(app.port, serve);
  console.log(`listening on http://localhost:${served.port}`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    const late = new Promise<void>((resolve) => setTimeout(resolve, SHUTDOWN_MS));
    Promise.race([served.stop(), late])
      .then(app.close)
      .then(() => process.exit(0), fail);
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
}

function listen(port: number, serve: () => Served): Served {
  try {
    return serve();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(new Error(`PORT ${port} can't be used: ${why}`));
  }
}
