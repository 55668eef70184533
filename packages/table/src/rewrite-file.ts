// Replaces a file as a whole: the new content is written beside it and renamed over it, by one
// process at a time, which is the one that could create `<file>.lock`.

import { randomBytes } from "node:crypto";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type LockPatience, takeLock } from "./file-lock.ts";
import { errorCode, TableError } from "./table-error.ts";

/**
 * Holds the lock while `write` reads the old file and fills the new one.
 *
 * @param write Returns `false` to leave the file as it is.
 * @throws {TableError} `ERR_TABLE_LOCKED` when another process is writing for too long.
 */
export async function rewriteFile(
  path: string,
  patience: LockPatience,
  write: (next: FileHandle) => Promise<boolean>,
): Promise<void> {
  const target = await realpath(path); // renaming over a symbolic link would replace the link
  const token = randomBytes(8).toString("hex");
  const lock = await takeLock(`${target}.lock`, token, patience);
  // Named after its lock, so that whoever clears up after a crash finds it.
  const next = lock.companion(token);
  try {
    if (!(await fill(next, target, write))) return;
    if (!(await lock.isMine())) throw takenOver(target);
    await rename(next, target).catch((error: unknown) => {
      // Whoever took the lock over meanwhile has cleared our unfinished file up.
      throw errorCode(error) === "ENOENT" ? takenOver(target) : error;
    });
    await syncFolder(dirname(target));
  } finally {
    await rm(next, { force: true });
    await lock.release();
  }
}

function takenOver(target: string): TableError {
  return new TableError("ERR_TABLE_LOCKED", `${target}: another process took the lock over`);
}

async function fill(
  next: string,
  target: string,
  write: (next: FileHandle) => Promise<boolean>,
): Promise<boolean> {
  const file = await open(next, "wx", 0o600); // it holds password hashes
  try {
    if (!(await write(file))) return false;
    // Older than its ctime, by which readers know that it is whole.
    await file.utimes(new Date(), new Date(Date.now() - 20));
    await copyRights(target, file);
    await file.sync();
    return true;
  } finally {
    await file.close();
  }
}

async function copyRights(target: string, file: FileHandle): Promise<void> {
  const { mode, uid, gid } = await stat(target);
  const mine = await file.stat();
  if (uid !== mine.uid || gid !== mine.gid) {
    await file.chown(uid, gid).catch(() => {}); // only root may; else the file becomes ours
  }
  await file.chmod(mode & 0o777);
}

/** Makes the rename itself survive a power cut. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // has no such call
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
