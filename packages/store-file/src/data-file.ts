// The one file: read whole, replaced whole. Whenever the process or the machine stops, either the
// old or the new content is there.
import {
  chmod,
  type FileHandle,
  lstat,
  open,
  readFile,
  realpath,
  rename,
  rm,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { StoredRecord } from "@latchkey/session-core";
import { HEAD, parseRecords, TAIL } from "./parse-records.ts";

/** Records per piece of the file, so that a large one doesn't hold up the event loop. */
const PIECE = 500;

/**
 * Where the file really is: a symbolic link is followed, so that it stays and its target is replaced.
 *
 * @throws {Error} When the folder is missing, or the path is something else than a file.
 */
export async function resolvePath(path: string): Promise<string> {
  const absolute = resolve(path);
  const direct = join(await realpath(dirname(absolute)), basename(absolute));
  const found = await lstat(direct).catch(nullIfMissing);
  if (found === null) return direct;
  const real = await realpath(direct);
  if (!(await lstat(real)).isFile()) throw new TypeError("it is not a file");
  return real;
}

/** A writer that was killed leaves its draft behind. Call while holding the lock. */
export async function removeDraft(path: string): Promise<void> {
  await rm(draftOf(path), { force: true });
}

/**
 * Reads the file, and takes other users' access to it away.
 *
 * @returns `null` when there is no file.
 * @throws {Error} When it can't be read or isn't ours; it is as it was then.
 */
export async function readRecords(path: string): Promise<Map<string, StoredRecord> | null> {
  const text = await readFile(path, "utf8").catch(nullIfMissing);
  if (text === null) return null;
  const records = parseRecords(text);
  const { mode } = await lstat(path);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) await chmod(path, 0o600);
  return records;
}

/**
 * Puts a new file in place of the old one. Not final before {@link syncFolder}.
 *
 * @throws {Error} When it can't; the old file is in place then.
 */
export async function replaceFile(path: string, records: readonly StoredRecord[]): Promise<void> {
  const draft = draftOf(path);
  try {
    // Exclusively: nothing that somebody else put there is followed or overwritten.
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(pieces(records));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {}); // Gives the room back; the cause is what counts.
    throw error;
  }
}

/** Makes a rename survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // Can't open folders; NTFS keeps a journal of renames.
  let handle: FileHandle | null = null;
  try {
    handle = await open(dirname(path), "r");
    await handle.sync();
  } finally {
    await handle?.close();
  }
}

function* pieces(records: readonly StoredRecord[]): Generator<string, void> {
  yield HEAD;
  for (let start = 0; start < records.length; start += PIECE) {
    const lines = records.slice(start, start + PIECE).map((record) => JSON.stringify(record));
    yield `${start === 0 ? "\n" : ",\n"}${lines.join(",\n")}`;
  }
  yield TAIL;
}

/** One name is enough: only the lock's owner writes, one file after the other. */
function draftOf(path: string): string {
  return `${path}.tmp`;
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
