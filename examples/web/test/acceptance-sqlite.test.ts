// The app does on SQLite all that depends on its store.

import { appStarter, newSqliteStore } from "@latchkey/example-shared/start-app";
import { adapterContract } from "@latchkey/testing";
import { afterAll, test } from "vitest";

const start = appStarter(new URL("../src/server.ts", import.meta.url));
const newStore = newSqliteStore();
const store = { newStore, persistent: true, storeOnly: true };
adapterContract({ test, after: afterAll, start, ...store });
