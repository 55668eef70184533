// Looks for a program the way a shell does.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The full path of the first of these programs that PATH has, else `null`. */
export function onPath(names: readonly string[]): string | null {
  // Debian keeps servers in sbin, which is not in everyone's PATH.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin"];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (folder !== "" && isExecutable(path)) return path;
    }
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
