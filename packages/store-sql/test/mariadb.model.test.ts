import { modelSuite } from "./server-model-suite.ts";
import { onMariadb } from "./servers.ts";

await onMariadb((server) => modelSuite(server, 334));
