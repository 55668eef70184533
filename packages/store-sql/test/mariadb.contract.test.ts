import { contractSuite } from "./server-contract-suite.ts";
import { onMariadb } from "./servers.ts";

await onMariadb(contractSuite);
