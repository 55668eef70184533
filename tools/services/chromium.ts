// The browser for end-to-end tests. Installs it where that can be done without asking anyone.
import { aptInstall } from "./apt-install.ts";
import { type Missing, missing } from "./missing.ts";
import { onPath } from "./on-path.ts";

/** For `chromium.launch({ executablePath, args: chromiumArgs })` of playwright-core. */
export const chromiumArgs: readonly string[] = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Where Chromium is, installing it first if need be.
 *
 * @returns `missing`, the reason to skip with, where it neither is nor can be installed.
 * @throws {Error} Instead of `missing` when `CI` is set: there, every test must run.
 */
export async function ensureChromium(): Promise<{ executablePath: string } | Missing> {
  const found = findChromium();
  if (found !== null) return { executablePath: found };
  const problem = await aptInstall("chromium");
  const installed = findChromium();
  if (installed !== null) return { executablePath: installed };
  return missing("chromium", problem ?? "the package has no chromium in PATH");
}

function findChromium(): string | null {
  return onPath(["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]);
}
