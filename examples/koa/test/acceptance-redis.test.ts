// The app does on Redis all that depends on its store.

import { onRedis } from "@latchkey/example-shared/redis-stores";
import { appStarter } from "@latchkey/example-shared/start-app";
import { adapterContract } from "@latchkey/testing";
import { afterAll, test } from "vitest";

const start = appStarter(new URL("../src/server.ts", import.meta.url));
await onRedis((newStore) =>
  adapterContract({
    test,
    after: afterAll,
    start,
    persistent: true,
    storeOnly: true,
    newStore,
  }),
);
