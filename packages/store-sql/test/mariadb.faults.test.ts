import { faultsSuite } from "./server-faults-suite.ts";
import { onMariadb } from "./servers.ts";

await onMariadb(faultsSuite);
