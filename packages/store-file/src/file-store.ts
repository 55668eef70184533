// The Store in one JSON file.
import { type Duration, durationMs, type Store, StoreError } from "@latchkey/session-core";
import { readRecords, removeDraft, replaceFile, resolvePath, syncFolder } from "./data-file.ts";
import type { Records } from "./draft.ts";
import { acquireLock, type Release } from "./file-lock.ts";
import { GroupCommit } from "./group-commit.ts";
import { recordStore } from "./record-store.ts";

export interface FileStoreOptions {
  /**
   * How long an answered write may take to reach the disk, or `'write-through'`: it is answered
   * once it is there. Default `'5s'`.
   */
  readonly flush?: Duration | "write-through";
  /**
   * How many records there may be. The last tenth of them is kept for records with an owner.
   * Default 10,000.
   */
  readonly maxRecords?: number;
  /** Hears of a failed flush in the background, which is tried again. Default: stderr. */
  readonly onError?: (error: unknown) => void;
  /** The clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

export interface FileStore extends Store {
  /**
   * Waits until all answered writes are on the disk.
   *
   * @throws {StoreError} `ERR_STORE_UNAVAILABLE` when they can't be written; the store keeps trying.
   */
  flush(): Promise<void>;
  /**
   * Flushes, and lets another process open the file. Every later call rejects with
   * `ERR_STORE_CLOSED`; closing again does nothing.
   *
   * @throws {StoreError} `ERR_STORE_UNAVAILABLE` when the last flush failed; it is closed then too.
   */
  close(): Promise<void>;
}

/** setTimeout takes 31 bits; with more it fires at once. */
const MAX_FLUSH_MS: number = 2 ** 31 - 1;

/**
 * Opens the file, or makes it, and keeps every other process out until {@link FileStore.close}.
 *
 * @param path A file in an existing folder of a local disk. A symbolic link is followed.
 * @throws {TypeError} That names the option, for a wrong one.
 * @throws {StoreError} `ERR_STORE_UNAVAILABLE`, with the path in its message: the file is open in
 * another process, is damaged or not a store file (it is left as it is), or can't be read or written.
 *
 * @example
 * ```ts
 * import { openFileStore } from "@latchkey/store-file";
 *
 * const store = await openFileStore("sessions.json", { flush: "write-through" });
 * ```
 */
export async function openFileStore(
  path: string,
  options: FileStoreOptions = {},
): Promise<FileStore> {
  const { flush = "5s", maxRecords = 10_000, now = Date.now } = options;
  const { onError = (error: unknown) => console.error("flush failed:", error) } = options;
  if (typeof path !== "string" || path === "") throw new TypeError("path must be a file's path");
  if (!Number.isSafeInteger(maxRecords) || maxRecords < 1) {
    throw new TypeError("maxRecords must be a whole number of at least 1");
  }
  const flushMs = flush === "write-through" ? null : durationMs(flush, "flush");
  if (flushMs !== null && flushMs > MAX_FLUSH_MS)
    throw new TypeError("flush must be 24 days at most");
  const { records, realPath, release } = await openFile(path);
  const disk = new GroupCommit(records, { path: realPath, flushMs, onError });
  let closing: Promise<void> | null = null;

  async function open<T>(call: () => Promise<T>): Promise<T> {
    if (closing === null) return call();
    throw new StoreError("ERR_STORE_CLOSED", `the store file is closed: ${path}`);
  }

  async function end(): Promise<void> {
    try {
      await disk.end();
    } finally {
      release();
    }
  }

  const store = recordStore({ records, change: (run) => disk.change(run), maxRecords, now });
  return {
    create: (record) => open(() => store.create(record)),
    get: (id) => open(() => store.get(id)),
    replace: (next) => open(() => store.replace(next)),
    touch: (id, seenAt, expiresAt) => open(() => store.touch(id, seenAt, expiresAt)),
    delete: (id) => open(() => store.delete(id)),
    listByOwner: (owner, limit) => open(() => store.listByOwner(owner, limit)),
    scan: (prefix, cursor, limit) => open(() => store.scan(prefix, cursor, limit)),
    deleteByOwner: (owner, exceptId) => open(() => store.deleteByOwner(owner, exceptId)),
    deleteExpired: (limit) => open(() => store.deleteExpired(limit)),
    flush: () => open(() => disk.flush()),
    close: () => {
      closing ??= end();
      return closing;
    },
  };
}

interface OpenedFile {
  records: Records;
  realPath: string;
  release: Release;
}

async function openFile(path: string): Promise<OpenedFile> {
  try {
    const realPath = await resolvePath(path);
    const release = await acquireLock(`${realPath}.lock`);
    if (release === null) throw new Error("another process, or this one, has it open already");
    try {
      await removeDraft(realPath);
      const found = await readRecords(realPath);
      if (found === null) {
        await replaceFile(realPath, []);
        await syncFolder(realPath);
      }
      return { records: found ?? new Map(), realPath, release };
    } catch (error) {
      release();
      throw error;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown reason";
    const message = `the store file can't be opened: ${path}: ${reason}`;
    throw new StoreError("ERR_STORE_UNAVAILABLE", message, { cause });
  }
}
