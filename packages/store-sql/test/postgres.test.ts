import { behaviourSuite } from "./server-behaviour-suite.ts";
import { onPostgres } from "./servers.ts";

await onPostgres(behaviourSuite);
