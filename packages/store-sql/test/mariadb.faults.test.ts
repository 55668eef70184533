import { faultsSuite } from "./server-faults-suite.ts";
import { killsSuite } from "./server-kills-suite.ts";
import { onMariadb } from "./servers.ts";

await onMariadb((server) => {
  faultsSuite(server);
  killsSuite(server);
});
