import { killsSuite } from "./server-kills-suite.ts";
import { onPostgres } from "./servers.ts";

await onPostgres(killsSuite);
