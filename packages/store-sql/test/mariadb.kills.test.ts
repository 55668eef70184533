import { killsSuite } from "./server-kills-suite.ts";
import { onMariadb } from "./servers.ts";

await onMariadb(killsSuite);
