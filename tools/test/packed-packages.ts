// Builds and packs every publishable package, as a release does.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { outputOf } from "./output-of.ts";

/** What npm gets. */
export interface PackedPackage {
  name: string;
  tarball: string;
  /** Paths inside the tarball. */
  files: string[];
  /** The packed package.json, as text and by its parts. */
  manifest: string;
  /** Import specifiers of code, e.g. `@latchkey/store-sql/node-sqlite`. */
  entryPoints: string[];
  /** Every file that `exports` names. */
  exported: string[];
  /** What a user installs beside it, optional peers too: `express@^4.21.0 || ^5.0.0`. */
  peers: string[];
}

const root = join(import.meta.dirname, "../..");

/** Packs into a folder; the packages come in the order of their names. */
export function packPackages(folder: string): PackedPackage[] {
  outputOf(root, "turbo", "run", "build");
  const filter = "--filter=./packages/*";
  outputOf(root, "pnpm", "--recursive", filter, "pack", `--pack-destination=${folder}`);
  return globSync("*.tgz", { cwd: folder })
    .sort()
    .map((name) => readPackage(join(folder, name)));
}

/** Names of the packages that are published. */
export function publishedNames(): string[] {
  return globSync("packages/*/package.json", { cwd: root })
    .map((file) => readManifest(readFileSync(join(root, file), "utf8")))
    .filter((manifest) => !manifest.private)
    .map((manifest) => manifest.name)
    .sort();
}

function readPackage(tarball: string): PackedPackage {
  const manifest = outputOf(root, "tar", "-xzOf", tarball, "package/package.json");
  const { name, exports, peerDependencies = {} } = readManifest(manifest);
  return {
    name,
    tarball,
    manifest,
    files: outputOf(root, "tar", "-tzf", tarball)
      .trim()
      .split("\n")
      .map((path) => path.replace(/^package\//, "")),
    entryPoints: Object.keys(exports)
      .filter((key) => key !== "./package.json")
      .map((key) => name + key.slice(1)),
    exported: Object.values(exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    ),
    peers: Object.entries(peerDependencies)
      .filter(([peer]) => !peer.startsWith("@latchkey/"))
      .map(([peer, range]) => `${peer}@${range}`),
  };
}

interface Manifest {
  name: string;
  private?: boolean;
  exports: Record<string, string | Record<string, string>>;
  peerDependencies?: Record<string, string>;
}

function readManifest(text: string): Manifest {
  return JSON.parse(text) as Manifest; // our own, and this is its parser
}
