import { faultsSuite } from "./server-faults-suite.ts";
import { onPostgres } from "./servers.ts";

await onPostgres(faultsSuite);
