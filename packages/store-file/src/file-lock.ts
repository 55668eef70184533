// Keeps a second process out. The lock is one of the operating system's, which lets go of it when
// the process ends in whatever way: nothing to be found stale, no process id that somebody else
// has by now, and it also works between containers, where all processes may be number 1.
// Node offers such locks only through SQLite.
import { open } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";

/** Lets go of a lock. Once it is called, somebody else may have the lock. */
export type Release = () => void;

/**
 * Takes the lock, or not, without waiting. The empty file at `path` stays: who removes a lock file
 * may remove it from under the next owner.
 *
 * @returns `null` when it is taken, by another process or by this one.
 * @throws {Error} When the file can't be made, or is not a lock file.
 */
export async function acquireLock(path: string): Promise<Release | null> {
  await createPrivate(path);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("pragma journal_mode = memory"); // No file besides.
    // Takes SQLite's RESERVED lock, which one connection can have and whose taking can't be
    // disturbed by others who try. EXCLUSIVE would wait for them, and then nobody might win.
    database.exec("begin immediate");
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return () => database.close();
}

/** By exclusive creation, so that the lock file of an owner in this process is never opened here:
 * closing it again would drop the owner's lock (POSIX `fcntl`). */
async function createPrivate(path: string): Promise<void> {
  try {
    const handle = await open(path, "wx", 0o600);
    await handle.close();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/** SQLITE_BUSY is 5, in the lowest byte of extended codes. https://www.sqlite.org/rescode.html */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5;
}
