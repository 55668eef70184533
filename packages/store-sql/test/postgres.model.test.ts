import { modelSuite } from "./server-model-suite.ts";
import { onPostgres } from "./servers.ts";

await onPostgres((server) => modelSuite(server, 1_000));
