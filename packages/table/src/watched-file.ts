// The newest content of a file: read again whenever the file has changed, and only when it is whole.

import type { BigIntStats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { asTableError, TableError } from "./table-error.ts";

/**
 * Returns a function that gives the file's newest content.
 *
 * A file that is missing or malformed is an error until it is mended: the last good content is
 * never used instead, since whoever was removed from the file would still be able to log in.
 *
 * @param limits.maxBytes Larger files are refused before they are read.
 * @param limits.quietMs Who writes a file in place pauses for less than this between two pieces.
 */
export function watchedFile<Content>(
  path: string,
  { maxBytes, quietMs = 50 }: { maxBytes: number; quietMs?: number },
  parse: (bytes: Buffer) => Promise<Content>,
): () => Promise<Content> {
  let kept: { version: string; content: Content } | null = null;
  let reading: { version: string; content: Promise<Content> } | null = null;

  async function read(): Promise<Content> {
    const file = await open(path);
    try {
      const { stats, bytes, startedAt } = await readWhole(file, path, maxBytes, quietMs);
      const content = await parse(bytes);
      // Within one tick of the file system's clock a second change leaves the same times behind.
      const settled = startedAt - Number(stats.ctimeMs) > clockTickMs;
      kept = settled ? { version: versionOf(stats), content } : null;
      return content;
    } finally {
      await file.close();
    }
  }

  return async () => {
    try {
      const stats = await stat(path, { bigint: true });
      if (!stats.isFile()) throw new TableError("ERR_TABLE_MISSING", `${path} is not a file`);
      const version = versionOf(stats);
      if (kept?.version === version) return kept.content;
      if (reading?.version === version) return await reading.content;
      const mine = { version, content: read() };
      reading = mine;
      try {
        return await mine.content;
      } finally {
        if (reading === mine) reading = null;
      }
    } catch (error) {
      throw asTableError(error, `${path} cannot be read`);
    }
  };
}

const clockTickMs = 20;

const giveUpMs = 5_000;

/**
 * Reads a file that nobody is in the middle of writing. Writing sets both times of a file to the
 * same moment; whoever then renames it or sets its rights or times moves only `ctime`, and was
 * done. A file that was just written in place is whole once it has been quiet for a while.
 */
async function readWhole(
  file: FileHandle,
  path: string,
  maxBytes: number,
  quietMs: number,
): Promise<{ stats: BigIntStats; bytes: Buffer; startedAt: number }> {
  const giveUpAt = performance.now() + giveUpMs;
  for (let seen = ""; performance.now() < giveUpAt; await sleep(quietMs)) {
    const startedAt = Date.now();
    const stats = await file.stat({ bigint: true });
    if (stats.size > maxBytes) throw tooLarge(path, maxBytes);
    const version = versionOf(stats);
    const quiet = stats.mtimeNs < stats.ctimeNs || startedAt - Number(stats.mtimeMs) >= quietMs;
    if (quiet || version === seen) {
      const bytes = await readBytes(file, Number(stats.size));
      if (versionOf(await file.stat({ bigint: true })) === version) {
        return { stats, bytes, startedAt };
      }
    }
    seen = version;
  }
  throw new TableError("ERR_TABLE_UNAVAILABLE", `${path} is being written without a pause`);
}

/** From the start, at most `size`; never more, even if the file grows. */
async function readBytes(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(bytes, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

export function tooLarge(path: string, maxBytes: number): TableError {
  return new TableError("ERR_TABLE_TOO_LARGE", `${path} is larger than ${maxBytes} bytes`);
}

/** @throws {TypeError} That names the option. */
export function requireBytes(value: number, option: string): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > 1024 ** 3) {
    throw new TypeError(`${option} must be a whole number of bytes, at most 1 GiB`);
  }
}

function versionOf(stats: BigIntStats): string {
  return `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}
