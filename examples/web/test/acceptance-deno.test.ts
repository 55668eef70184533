// The app does on Deno all that the adapter contract demands, with no more rights than it needs.

import { fileURLToPath } from "node:url";
import { ensureDeno } from "@latchkey/tools/deno";
import { runtimeContract } from "./runtime-contract.ts";

const server = fileURLToPath(new URL("../src/server-deno.ts", import.meta.url));
const rights = ["net", "env", "read", "write", "ffi"].map((right) => `--allow-${right}`);
const run = ["run", "--no-prompt", "--no-lock", "--conditions=@latchkey/source", ...rights];
runtimeContract(await ensureDeno(), [...run, server]);
