// The app does all that the adapter contract demands; on the second store, all that depends on it.

import { join } from "node:path";
import { adapterContract } from "@latchkey/testing";
import { afterAll, describe, test } from "vitest";
import { startApp, tempFolder } from "./start-app.ts";

describe("in memory", () => {
  adapterContract({ test, after: afterAll, start: startApp, newStore: () => "memory:" });
});

describe("on SQLite", () => {
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
});
