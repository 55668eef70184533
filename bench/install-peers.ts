// Installs the libraries that we are compared with, in a folder of their own, when they are needed:
// nothing else in this repository depends on them.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("./peers/", import.meta.url);

/** Name and version of each peer, as installed. */
export function installPeers(say: (line: string) => void): Record<string, string> {
  const wanted = dependenciesOf(readManifest("package.json"));
  const current = Object.entries(wanted).every(([name, version]) => installed(name) === version);
  if (current) return wanted;
  say("installing the peers (once)");
  const args = ["install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"];
  const result = spawnSync("npm", [...args, "--loglevel=error"], {
    cwd: fileURLToPath(folder),
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (result.status !== 0) throw new Error("could not install the peers; try --only=latchkey");
  return wanted;
}

function installed(name: string): string | null {
  const manifest = readManifest(`node_modules/${name}/package.json`);
  return typeof manifest["version"] === "string" ? manifest["version"] : null;
}

function dependenciesOf(manifest: Record<string, unknown>): Record<string, string> {
  const { dependencies } = manifest;
  const pairs = Object.entries(typeof dependencies === "object" ? { ...dependencies } : {});
  return Object.fromEntries(pairs.map(([name, version]) => [name, String(version)]));
}

function readManifest(path: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(readFileSync(new URL(path, folder), "utf8")) };
  } catch {
    return {};
  }
}
