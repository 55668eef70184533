import { behaviourSuite } from "./server-behaviour-suite.ts";
import { onMariadb } from "./servers.ts";

await onMariadb(behaviourSuite);
