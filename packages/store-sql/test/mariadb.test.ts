import { modesSuite } from "./mariadb-modes-suite.ts";
import { behaviourSuite } from "./server-behaviour-suite.ts";
import { contractSuite } from "./server-contract-suite.ts";
import { onMariadb } from "./servers.ts";

await onMariadb((server) => {
  contractSuite(server);
  behaviourSuite(server);
  modesSuite(server);
});
