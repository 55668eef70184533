// A lock between processes: a file that only one of them can create.

import { readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode, TableError } from "./table-error.ts";

/** How long to wait for another process, in milliseconds. */
export interface LockPatience {
  /** A lock that has had the same holder for so long was left behind by a crash. */
  staleMs: number;
  /** Gives up after so long. */
  giveUpMs: number;
}

export interface FileLock {
  /** False once another process has judged the lock to be stale. */
  isMine(): Promise<boolean>;
  /** Where the holder with this token keeps its unfinished work. */
  companion(token: string): string;
  release(): Promise<void>;
}

/**
 * Waits for the lock and takes it. A lock left behind by a crash is removed, with the unfinished
 * work of its holder. A holder that was merely asleep must ask `isMine` before its last step.
 *
 * @param token 16 hexadecimal digits that nobody else uses.
 * @throws {TableError} `ERR_TABLE_LOCKED` after `giveUpMs`.
 */
export async function takeLock(
  lockPath: string,
  token: string,
  { staleMs, giveUpMs }: LockPatience,
): Promise<FileLock> {
  const companion = (holder: string): string => `${lockPath}.${holder}.tmp`;
  const startedAt = performance.now();
  let seen: string | null = null;
  let seenAt = startedAt;
  while (!(await create(lockPath, token))) {
    const now = performance.now();
    const holder = await holderOf(lockPath);
    if (holder !== seen) [seen, seenAt] = [holder, now];
    // Judged by watching, not by the file's time: the clocks of two machines may differ.
    if (holder !== null && now - seenAt > staleMs) {
      if ((await holderOf(lockPath)) === holder) await rm(lockPath, { force: true });
      if (/^[0-9a-f]{16}$/.test(holder)) await rm(companion(holder), { force: true });
    } else if (now - startedAt > giveUpMs) {
      throw new TableError("ERR_TABLE_LOCKED", `${lockPath} is held by another process`);
    } else {
      await sleep(5 + Math.random() * 15);
    }
  }
  const isMine = async (): Promise<boolean> => (await holderOf(lockPath)) === token;
  return {
    isMine,
    companion,
    async release() {
      if (await isMine()) await rm(lockPath, { force: true });
    },
  };
}

async function create(lockPath: string, token: string): Promise<boolean> {
  try {
    await writeFile(lockPath, token, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** `null` when there is no lock. */
async function holderOf(lockPath: string): Promise<string | null> {
  try {
    return await readFile(lockPath, "latin1");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
