// Bun, to run the example app of fetch handlers on.
import type { Missing } from "./missing.ts";
import { ensureRuntime, type Runtime } from "./runtime.ts";

const VERSION = "1.4.5";

/** See {@link ensureRuntime}. */
export function ensureBun(): Promise<Runtime | Missing> {
  const { platform, arch } = process;
  const windows = platform === "win32";
  const cpu = arch === "arm64" ? "aarch64" : arch;
  return ensureRuntime({
    name: "bun",
    package: `@oven/bun-${windows ? "windows" : platform}-${cpu}`,
    version: VERSION,
    file: windows ? "bin/bun.exe" : "bin/bun",
  });
}
