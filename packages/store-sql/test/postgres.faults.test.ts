import { faultsSuite } from "./server-faults-suite.ts";
import { killsSuite } from "./server-kills-suite.ts";
import { onPostgres } from "./servers.ts";

await onPostgres((server) => {
  faultsSuite(server);
  killsSuite(server);
});
