import { modesSuite } from "./postgres-modes-suite.ts";
import { behaviourSuite } from "./server-behaviour-suite.ts";
import { contractSuite } from "./server-contract-suite.ts";
import { onPostgres } from "./servers.ts";

await onPostgres((server) => {
  contractSuite(server);
  behaviourSuite(server);
  modesSuite(server);
});
