// The app does all that the adapter contract demands.

import { appStarter } from "@latchkey/example-shared/start-app";
import { adapterContract } from "@latchkey/testing";
import { afterAll, test } from "vitest";

const start = appStarter(new URL("../src/server.ts", import.meta.url));
adapterContract({ test, after: afterAll, start, newStore: () => "memory:" });
