// The app does all that the adapter contract demands.

import { adapterContract } from "@latchkey/testing";
import { afterAll, test } from "vitest";
import { startApp } from "./start-app.ts";

adapterContract({ test, after: afterAll, start: startApp, newStore: () => "memory:" });
