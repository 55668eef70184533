// The app keeps the promises of sessions; see `promises` for which, and for how to try all stores.

import { promises } from "@latchkey/example-shared/promises";
import { appStarter } from "@latchkey/example-shared/start-app";

const start = appStarter(new URL("./any-store-server.ts", import.meta.url));
await promises(start, ["MariaDB", "sealed cookies, their list on Redis"]);
