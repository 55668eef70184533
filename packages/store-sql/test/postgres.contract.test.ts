import { contractSuite } from "./server-contract-suite.ts";
import { onPostgres } from "./servers.ts";

await onPostgres(contractSuite);
