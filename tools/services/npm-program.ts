// Programs that npm publishes ready to run, one package for each platform: fetched once, into a
// folder of this repository.
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface NpmProgram {
  /** What its folder is called, with the version. */
  readonly name: string;
  /** The package for this platform, such as `@oven/bun-linux-x64`. */
  readonly package: string;
  readonly version: string;
  /** The program within its package. */
  readonly file: string;
}

const toolchain = fileURLToPath(new URL("../../.toolchain", import.meta.url));

/**
 * Fetches it unless it is there; several processes may do so at once.
 *
 * @returns Where it is, else `problem`, why it could not be had.
 */
export async function fetchNpmProgram(
  wanted: NpmProgram,
): Promise<{ program: string } | { problem: string }> {
  const spec = `${wanted.package}@${wanted.version}`;
  // As beside it for Node and pnpm: a new version is a new folder.
  const folder = join(toolchain, `${wanted.name}-${wanted.version}`);
  const program = join(folder, "node_modules", wanted.package, wanted.file);
  if (existsSync(program)) return { program };

  console.error(`fetching ${spec} (once)`);
  mkdirSync(toolchain, { recursive: true });
  const temp = mkdtempSync(`${folder}.`);
  try {
    writeFileSync(join(temp, "package.json"), '{"private":true}\n');
    const code = await npmInstall(spec, temp);
    if (code !== 0) return { problem: `npm could not install ${spec} (exit ${code})` };
    chmodSync(join(temp, "node_modules", wanted.package, wanted.file), 0o755);
    renameSync(temp, folder);
  } catch (error) {
    if (!existsSync(program)) throw error; // else another run was first
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
  return { program };
}

function npmInstall(spec: string, cwd: string): Promise<number> {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const args = ["install", "--ignore-scripts", "--no-save", "--no-package-lock", ...quiet, spec];
  return new Promise((resolve) => {
    const child = spawn("npm", args, {
      cwd,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
    child.on("error", () => resolve(127));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
