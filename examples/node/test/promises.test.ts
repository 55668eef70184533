// The app keeps the promises of sessions; see `promises` for which, and for how to try all stores.

import { appStarter } from "@latchkey/example-shared/start-app";
import { promises } from "../../shared/test-support/promises.ts";

const start = appStarter(new URL("../src/server.ts", import.meta.url));
await promises(start, ["Redis", "MariaDB"]);
