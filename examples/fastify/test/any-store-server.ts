// The app on any store, also on those that need more than a URL.

import { runOnAnyStore } from "@latchkey/example-shared/run-on-any-store";
import { createApp } from "../src/app.ts";

await runOnAnyStore(async (...given) => {
  const app = await createApp(...given);
  await app.ready();
  return app.server;
});
