// The app on any store, also on those that need more than a URL.

import { createServer } from "node:http";
import { runOnAnyStore } from "@latchkey/example-shared/run-on-any-store";
import { createApp } from "../src/app.ts";

await runOnAnyStore((...given) => createServer(createApp(...given)));
