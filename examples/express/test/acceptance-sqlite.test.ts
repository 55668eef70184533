// The app does on SQLite all that depends on its store.

import { join } from "node:path";
import { adapterContract } from "@latchkey/testing";
import { afterAll, test } from "vitest";
import { startApp, tempFolder } from "./start-app.ts";

const folder = tempFolder();
let stores = 0;
adapterContract({
  test,
  after: afterAll,
  start: startApp,
  persistent: true,
  storeOnly: true,
  newStore() {
    stores += 1;
    return `sqlite:${join(folder, `sessions-${stores}.db`)}`;
  },
});
