// Deno, to run the example app of fetch handlers on.
import type { Missing } from "./missing.ts";
import { ensureRuntime, type Runtime } from "./runtime.ts";

const VERSION = "2.9.6";

/** See {@link ensureRuntime}. */
export function ensureDeno(): Promise<Runtime | Missing> {
  const { platform, arch } = process;
  return ensureRuntime({
    name: "deno",
    package: `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`,
    version: VERSION,
    file: platform === "win32" ? "deno.exe" : "deno",
  });
}
