// The app does on Bun all that the adapter contract demands.

import { fileURLToPath } from "node:url";
import { ensureBun } from "@latchkey/tools/bun";
import { runtimeContract } from "./runtime-contract.ts";

const server = fileURLToPath(new URL("../src/server-bun.ts", import.meta.url));
runtimeContract(await ensureBun(), ["--conditions=@latchkey/source", server]);
