import { defineConfig, type Options } from "tsup";
import { library } from "../../tsup.config.base.ts";

const config: Options = {
  ...library(["src/index.ts", "src/node-sqlite.ts"]),
  removeNodeProtocol: false, // there is no module `sqlite`, only `node:sqlite`
  external: [/^node:/],
};
export default defineConfig(config);
