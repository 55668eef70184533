// The app keeps the promises of sessions; see `promises` for which, and for how to try all stores. This
// is where most of it is done in every run.

import { promises } from "@latchkey/example-shared/promises";
import { appStarter } from "@latchkey/example-shared/start-app";

const start = appStarter(new URL("./any-store-server.ts", import.meta.url));
await promises(start, ["SQLite", "Redis", "PostgreSQL", "MariaDB"], {
  sessions: 100,
  logouts: 20,
  kills: 10,
});
