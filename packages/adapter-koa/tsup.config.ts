import { defineConfig, type Options } from "tsup";
import { library } from "../../tsup.config.base.ts";

const config: Options = library(["src/index.ts", "src/augment.ts"]);
export default defineConfig(config);
