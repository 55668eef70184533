// Installs Debian packages where that is ours to do: as root on Debian or Ubuntu.
import { spawn } from "node:child_process";
import { onPath } from "./on-path.ts";

const failures = "LATCHKEY_APT_FAILED";

/**
 * Installs packages; waits for another apt that is at work.
 *
 * A failure is remembered for this process and those that it starts, so that every test file
 * doesn't wait for the same thing again.
 *
 * @returns `null` when they are installed, else why not.
 */
export async function aptInstall(...packages: string[]): Promise<string | null> {
  const names = packages.join(" ");
  if (onPath(["apt-get"]) === null) return `install ${names}`;
  if (process.getuid?.() !== 0) return `install it: sudo apt-get install ${names}`;
  if (process.env[failures]?.split(",").includes(names))
    return `apt-get could not install ${names}`;

  console.error(`installing ${names} (once)`);
  // Another run may hold the lists; then they are fresh enough and only the install counts.
  await aptGet(["update", "-qq"]);
  const code = await aptGet([
    "install",
    "-y",
    "-qq",
    "--no-install-recommends",
    "-o",
    "DPkg::Lock::Timeout=300",
    ...packages,
  ]);
  if (code === 0) return null;
  process.env[failures] = [process.env[failures], names].filter(Boolean).join(",");
  return `apt-get could not install ${names} (exit ${code})`;
}

function aptGet(args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    child.on("error", () => resolve(127));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
