// The app does on SQLite all that depends on its store.

import { appStarter, newSqliteStore } from "@latchkey/example-shared/start-app";
import { adapterContract } from "@latchkey/testing";
import { afterAll, test } from "vitest";

adapterContract({
  test,
  after: afterAll,
  start: appStarter(new URL("../src/server.ts", import.meta.url)),
  persistent: true,
  storeOnly: true,
  newStore: newSqliteStore(),
});
