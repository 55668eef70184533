// The app does on SQLite all that depends on its store.

import { newSqliteStore } from "@latchkey/example-shared/start-app";
import { adapterContract } from "@latchkey/testing";
import { afterAll, test } from "vitest";
import { startApp } from "./start-app.ts";

adapterContract({
  test,
  after: afterAll,
  start: startApp,
  persistent: true,
  storeOnly: true,
  newStore: newSqliteStore(),
});
